import type { AuditEntry } from '../audit/entry.js';
import { meets } from '../kernel/condition/condition.js';
import type { ConfigObject, ConfigView } from '../kernel/config-view.js';
import type { StateOf } from '../kernel/model.js';
import { notificationRule } from './rule/model.js';

/** Name under which the product delivers: the actor of everything that delivering causes. */
export const notificationJob = 'notifications';

export type Rule = ConfigObject<StateOf<(typeof notificationRule)['fields']>>;

/** When an entry was made: what its clock said, and where it stands in the log. */
export interface Moment {
  readonly at: Date;
  readonly position: bigint;
}

/** A rule that stands before an entry was there before it, whatever the clocks said; one changed since is judged by its time. */
export const wasThere = (rule: Rule, { at, position }: Moment): boolean =>
  rule.position < position || rule.createdAt <= at;

/** Whether there is a way to tell somebody. */
export const leadsSomewhere = ({ values }: Rule): boolean =>
  values.transports.length > 0 &&
  (values.destinationGroup !== null ||
    values.destinationEventUser ||
    values.destinationOwner ||
    values.destinationAddresses.length > 0);

/** Entries that come of delivering notifications: a rule that met them would feed itself. */
export const causedByNotification = ({ actor, action }: Pick<AuditEntry, 'actor' | 'action'>): boolean =>
  (actor.type === 'system' && actor.id === notificationJob) || action === 'custom_notification_test';

/**
 * Enabled rules that an audit entry meets and that lead somewhere, in an order that does not change. A rule does not
 * look back to what happened before it was made.
 */
export const rulesMetBy = (config: ConfigView, entry: AuditEntry, made: Moment): readonly Rule[] =>
  causedByNotification(entry)
    ? []
    : config
        .all(notificationRule)
        .filter(
          (rule) =>
            rule.values.enabled &&
            wasThere(rule, made) &&
            leadsSomewhere(rule) &&
            meets(rule.values.when, entry),
        )
        .sort((a, b) => (a.id < b.id ? -1 : 1));

/** The person an entry is about: who did it, or to whom a stranger did it. */
export const eventUserOf = ({ actor, target }: Pick<AuditEntry, 'actor' | 'target'>): string | null => {
  if (actor.type === 'user') return actor.id;
  return actor.type === 'anonymous' && target?.type === 'user' ? target.id : null;
};

/** The person to whom the target of an entry belongs: himself, or whose token, session or grant it is. */
export const ownerOf = (entry: AuditEntry): string | null => {
  if (entry.target?.type === 'user') return entry.target.id;
  const { user } = entry.context;
  if (typeof user === 'string') return user;
  const owner = entry.changes.find(({ field }) => field === 'userId');
  const id = owner?.after ?? owner?.before;
  return typeof id === 'string' ? id : null;
};
