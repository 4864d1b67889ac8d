import type { Pool } from 'pg';
import type { Counters } from '../../commands/ports.js';

/** Counters in an unlogged table: one statement each, whatever the number of keys. */
export const postgresCounters = (pool: Pool): Counters => ({
  increment: async (keys) => {
    const { rows } = await pool.query<{ key: string; hits: number }>({
      name: 'counter-increment',
      text: `insert into flow.counter as c (key, hits, window_ends_at)
             select k.key, 1, now() + k.ms * interval '1 millisecond' from unnest($1::text[], $2::float8[]) as k(key, ms) order by k.key
             on conflict (key) do update set
               hits = case when c.window_ends_at > now() then c.hits + 1 else 1 end,
               window_ends_at = case when c.window_ends_at > now() then c.window_ends_at else excluded.window_ends_at end
             returning key, hits`,
      values: [keys.map(({ key }) => key), keys.map(({ windowMs }) => windowMs)],
    });
    const hits = new Map(rows.map((row) => [row.key, row.hits]));
    return keys.map(({ key }) => hits.get(key) ?? 0);
  },
  settle: async ({ reset, decrement }) => {
    await pool.query({
      name: 'counter-settle',
      text: `with gone as (delete from flow.counter where key = any ($1))
             update flow.counter set hits = greatest(hits - 1, 0) where key = any ($2)`,
      values: [reset, decrement],
    });
  },
});
