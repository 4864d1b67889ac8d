import type { Delivery } from '../../commands/delivery-ports.js';
import type { Ports } from '../../commands/ports.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import { eventUserOf, type Rule } from '../../domain/notification/matching.js';
import {
  textOfNotice,
  type MessageUser,
  type NotificationMessage,
} from '../../domain/notification/message.js';
import { auditEntryById, auditEntryOf } from '../../projections/audit/query.js';
import type { Database } from '../../projections/projection.js';
import type { NotificationReference } from './reference.js';

const entryOf = async (db: Database, id: string): Promise<AuditEntry | null> => {
  const row = await auditEntryById(db, id);
  return row && auditEntryOf(row);
};

/** What belongs to one alarm: the group of a rule, or each entry by itself where a rule tells of each. */
const alarmOf = (rule: Rule, { kind, group, entryId }: NotificationReference): string =>
  kind === 'entry' && group === '' && rule.values.trigger === 'entry'
    ? `${rule.id}/${entryId ?? ''}`
    : `${rule.id}/${group}`;

/**
 * Makes a delivery into a message: what it says is read at this moment, so that nothing erased goes out. Null when the
 * entry it is about is not kept any more.
 */
export const messageOf = async (
  ports: Ports,
  db: Database,
  rule: Rule,
  delivery: Delivery,
  reference: NotificationReference,
  recipient: MessageUser | null,
): Promise<NotificationMessage | null> => {
  const { kind, entryId, entryIds, count } = reference;
  const event = entryId === null ? null : await entryOf(db, entryId);
  if (kind === 'entry' && !event) return null;
  const entries = await Promise.all(entryIds.map((id) => entryOf(db, id)));
  const eventUserId = event && kind !== 'resolved' ? eventUserOf(event) : null;
  return {
    kind,
    ...textOfNotice(kind, rule, event, count),
    severity: rule.values.severity,
    recipient,
    eventUser: eventUserId === null ? null : await ports.users.byId(eventUserId),
    event,
    entries: entries.filter((entry) => entry !== null),
    count,
    rule: { id: rule.id, name: rule.values.name },
    at: reference.at === undefined ? delivery.createdAt : new Date(reference.at),
    alarm: alarmOf(rule, reference),
    link:
      ports.publicUrl === null
        ? null
        : `${ports.publicUrl}/if/admin/events/log${entryId === null ? '' : `/${entryId}`}`,
  };
};
