import type { NewDelivery, Outbox, ReactorStep } from '../../commands/delivery-ports.js';
import type { Ports } from '../../commands/ports.js';
import { fanOut, recipientText } from '../../domain/notification/fan-out.js';
import { auditEntriesAfter } from '../../projections/audit/query.js';
import type { AuditRow } from '../../projections/audit/table.js';
import type { Database } from '../../projections/projection.js';
import { startWokenLoop, type WokenLoop } from '../woken-loop.js';
import { Judge, type Spoken } from './judge.js';
import { recipientFinder } from './recipients.js';

export const notificationReactor = 'notification';

const pageSize = 100;
const maxDeliveries = 10_000;
const busyMs = 1000;
const behindMs = 50;
const readModelMs = 5000;
/** So far time runs behind the clock: an entry made before it is in the log by then, whichever process made it. */
const graceMs = 3000;

/**
 * Puts what rules ask for into the outbox: for each notice of a rule, transport and recipient one delivery, together with
 * the checkpoint and what the rules remember. Rules and transports as they stand when the entry is looked at. To be woken
 * when the read model of the log has grown; wakes itself for what falls due.
 */
export const startMatching = (ports: Ports, db: Database, outbox: Outbox): WokenLoop => {
  const work = async (): Promise<number | null> => {
    for (;;) {
      const round = { behind: false, more: false, dueAt: null as number | null };
      const outcome = await outbox.advance(notificationReactor, async (after, remembered) => {
        const until = ports.clock.now().getTime() - graceMs;
        const judge = new Judge(ports, remembered, after);
        const mayPass = judge.dueAt !== null && judge.dueAt <= until && (await showsWholeLog(ports));
        const page = await auditEntriesAfter(db, after, pageSize);
        const configPosition = ports.config.position;
        // Rules that stood when the entry was made must be known before it is judged.
        const rows = page.filter((row) => BigInt(row.position) <= configPosition);
        round.behind = rows.length < page.length;
        const isAtEnd = !round.behind && page.length < pageSize;
        const step = await decide(ports, judge, rows, after, mayPass && isAtEnd ? until : null);
        round.more = page.length === pageSize || step.position < BigInt(rows.at(-1)?.position ?? 0);
        round.dueAt = judge.dueAt;
        const changes = rows.length > 0 || step.deliveries.length > 0 || (step.memory?.size ?? 0) > 0;
        return changes ? step : null;
      });
      if (outcome === 'busy') return busyMs;
      if (outcome === 'advanced' && round.more) continue;
      return round.behind ? behindMs : pauseUntil(ports, round.dueAt);
    }
  };
  return startWokenLoop(work, (error) => {
    ports.log.warn({ err: error }, 'notification rules pause');
  });
};

const pauseUntil = (ports: Ports, due: number | null): number | null =>
  due === null ? null : Math.min(Math.max(due + graceMs - ports.clock.now().getTime(), behindMs), 2 ** 30);

/** Whether the event log shows everything that was stored up to now: only then is it known that nothing came. */
const showsWholeLog = async (ports: Ports): Promise<boolean> => {
  const head = await ports.store.head();
  return ports.readModels.waitFor(head, readModelMs, ['audit']).then(
    () => true,
    () => false,
  );
};

const decide = async (
  ports: Ports,
  judge: Judge,
  rows: readonly AuditRow[],
  after: bigint,
  until: number | null,
): Promise<ReactorStep> => {
  const recipientsOf = recipientFinder(ports);
  const deliveries: NewDelivery[] = [];
  const config = String(ports.config.position);
  let position = after;
  const send = async (spoken: readonly Spoken[]): Promise<void> => {
    if (spoken.length === 0) return;
    await ports.readModels.waitFor(position, readModelMs, ['directory']);
    for (const one of spoken)
      deliveries.push(...deliveriesOf(ports, one, await recipientsOf(one.rule, one.entry), config));
  };
  for (const row of rows) {
    position = BigInt(row.position);
    await send(judge.see(row));
    if (deliveries.length >= maxDeliveries) break;
  }
  if (until !== null && deliveries.length < maxDeliveries) await send(judge.pass(until));
  return { position, deliveries, memory: judge.memory };
};

const deliveriesOf = (
  ports: Ports,
  { rule, notice }: Spoken,
  recipients: Parameters<typeof fanOut>[3],
  config: string,
): readonly NewDelivery[] =>
  fanOut(ports.config, rule, notice, recipients).map(({ transportId, recipient }) => ({
    id: ports.ids.named(
      'delivery',
      `notification/${notice.id}/${rule.id}/${transportId}/${recipientText(recipient)}`,
    ),
    lane: transportId,
    reference: {
      entryId: notice.entryId,
      ruleId: rule.id,
      recipientId: recipient?.kind === 'user' ? recipient.userId : null,
      config,
      ...(recipient?.kind === 'address' ? { addressHash: recipient.hash } : {}),
      ...(notice.kind === 'entry' && notice.group === ''
        ? {}
        : {
            kind: notice.kind,
            at: notice.at,
            group: notice.group,
            count: notice.count,
            entryIds: notice.entryIds,
          }),
    },
  }));
