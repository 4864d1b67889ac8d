import type { NewDelivery, Outbox } from '../../commands/delivery-ports.js';
import type { Ports } from '../../commands/ports.js';
import { rulesMetBy, type Rule } from '../../domain/notification/matching.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditEntriesAfter, auditEntryOf } from '../../projections/audit/query.js';
import type { AuditRow } from '../../projections/audit/table.js';
import type { Database } from '../../projections/projection.js';
import { startWokenLoop, type WokenLoop } from '../woken-loop.js';
import { recipientFinder } from './recipients.js';

export const notificationReactor = 'notification';

const pageSize = 100;
const maxDeliveries = 10_000;
const busyMs = 1000;
const behindMs = 50;
const directoryMs = 5000;

/**
 * Puts what rules ask for into the outbox: for each entry of the event log, rule, transport and recipient one delivery,
 * together with the checkpoint. Rules and transports as they stand when the entry is looked at. To be woken when the
 * read model of the log has grown.
 */
export const startMatching = (ports: Ports, db: Database, outbox: Outbox): WokenLoop => {
  const work = async (): Promise<number | null> => {
    for (;;) {
      const config = { behind: false };
      const outcome = await outbox.advance(notificationReactor, async (after) => {
        const page = await auditEntriesAfter(db, after, pageSize);
        const configPosition = ports.config.position;
        // Rules that stood when the entry was made must be known before it is judged.
        const rows = page.filter((row) => BigInt(row.position) <= configPosition);
        config.behind = rows.length < page.length;
        return rows.length === 0 ? null : decide(ports, rows, configPosition);
      });
      if (outcome === 'busy') return busyMs;
      if (outcome === 'idle') return config.behind ? behindMs : null;
    }
  };
  return startWokenLoop(work, (error) => {
    ports.log.warn({ err: error }, 'notification rules pause');
  });
};

const decide = async (
  ports: Ports,
  rows: readonly AuditRow[],
  configPosition: bigint,
): Promise<{ readonly position: bigint; readonly deliveries: readonly NewDelivery[] }> => {
  const recipientsOf = recipientFinder(ports);
  const deliveries: NewDelivery[] = [];
  let position = 0n;
  for (const row of rows) {
    const entry = auditEntryOf(row);
    for (const rule of rulesMetBy(ports.config, entry, {
      at: new Date(row.at),
      position: BigInt(row.position),
    })) {
      await ports.readModels.waitFor(BigInt(row.position), directoryMs, ['directory']);
      const recipients = await recipientsOf(rule, entry);
      deliveries.push(...deliveriesOf(ports, row, rule, recipients, configPosition));
    }
    position = BigInt(row.position);
    if (deliveries.length >= maxDeliveries) break;
  }
  return { position, deliveries };
};

const deliveriesOf = (
  ports: Ports,
  row: AuditRow,
  rule: Rule,
  recipients: readonly string[],
  configPosition: bigint,
): readonly NewDelivery[] => {
  if (recipients.length === 0) return [];
  return rule.values.transports.flatMap((transportId) => {
    const transport = ports.config.get(notificationTransport, transportId);
    if (!transport) return [];
    const once = transport.values.sendOnce && transport.values.mode !== 'local';
    return (once ? [null] : recipients).map((recipientId) => ({
      id: ports.ids.named(
        'delivery',
        `notification/${row.id}/${rule.id}/${transportId}/${recipientId ?? ''}`,
      ),
      lane: transportId,
      reference: { entryId: row.id, ruleId: rule.id, recipientId, config: String(configPosition) },
    }));
  });
};
