import { sql } from 'kysely';
import { actionsOf, type Trimming } from '../../domain/audit/retention.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { Tx } from '../projection.js';

/** What a page of events tells not to be kept any longer. */
export const trimmingsIn = (events: readonly RecordedEvent[]): readonly Trimming[] =>
  events.flatMap(({ type, data }) => (type === 'activity.audit.trimmed' ? [data as Trimming] : []));

/** Takes entries out of the event log, and out of its counts. The events that they tell of stay. */
export const removeEntries = async (tx: Tx, schema: string, trimming: Trimming): Promise<void> => {
  const entry = sql.id(schema, 'entry');
  const volume = sql.id(schema, 'volume');
  const { except } = trimming;
  await sql`
    with gone as (
      delete from ${entry} where action = any (${actionsOf(trimming.class)}) and at < ${trimming.before}::timestamptz
        and position <= ${trimming.through}::bigint
        and not (actor_id = any (${except}::text[])) and coalesce(not (target_id = any (${except}::text[])), true)
        and coalesce(not (on_behalf_of_id = any (${except}::uuid[])), true)
      returning action, at),
    counted as (
      select action, date_trunc('hour', at, 'UTC') as hour, count(*)::int as count from gone group by 1, 2)
    update ${volume} v set count = v.count - c.count from counted c where v.action = c.action and v.hour = c.hour`.execute(
    tx,
  );
  await sql`delete from ${volume} where count = 0`.execute(tx);
};
