import { sql, type RawBuilder } from 'kysely';
import { actionsOf, type Trimming } from '../../domain/audit/retention.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Tx } from '../projection.js';

/** What a page of events tells not to be kept any longer. */
export const trimmingsIn = (events: readonly RecordedEvent[]): readonly Trimming[] =>
  events.flatMap(({ type, data }) => (type === 'activity.audit.trimmed' ? [data as Trimming] : []));

/** The entries that a trimming takes out. */
export const trimmed = ({ class: name, before, through, except }: Trimming): RawBuilder<boolean> => sql`
  action = any (${actionsOf(name)}) and at < ${before}::timestamptz and position <= ${through}::bigint
    and actor_id <> all (${except}::text[]) and (target_id is null or target_id <> all (${except}::text[]))
    and (on_behalf_of_id is null or on_behalf_of_id::text <> all (${except}::text[]))`;

/** Takes entries out of the event log, and out of its counts. The events that they tell of stay. */
export const removeEntries = async (tx: Tx, schema: string, trimming: Trimming): Promise<void> => {
  const entry = sql.id(schema, 'entry');
  const volume = sql.id(schema, 'volume');
  await sql`
    with gone as (delete from ${entry} where ${trimmed(trimming)} returning action, at),
    counted as (
      select action, date_trunc('hour', at, 'UTC') as hour, count(*)::int as count from gone group by 1, 2)
    update ${volume} v set count = v.count - c.count from counted c where v.action = c.action and v.hour = c.hour`.execute(
    tx,
  );
  await sql`delete from ${volume} where count = 0`.execute(tx);
};
