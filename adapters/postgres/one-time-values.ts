import type { Pool } from 'pg';
import type { OneTimeValues } from '../../commands/ports.js';

/** Sealed values that are looked at or taken once, in logged rows. Taking is a deletion, so that only one taker gets it. */
export const postgresOneTimeValues = (pool: Pool): OneTimeValues => {
  const read = async (name: string, text: string, key: string): Promise<string | null> => {
    const { rows } = await pool.query<{ sealed: string }>({ name, text, values: [key] });
    return rows[0]?.sealed ?? null;
  };
  return {
    put: async (key, sealed, expiresAt) => {
      await pool.query({
        name: 'one-time-put',
        text: `insert into flow.one_time_value (key, sealed, expires_at) values ($1, $2, $3)
               on conflict (key) do update set sealed = excluded.sealed, expires_at = excluded.expires_at`,
        values: [key, sealed, expiresAt],
      });
    },
    peek: (key) =>
      read(
        'one-time-peek',
        'select sealed from flow.one_time_value where key = $1 and expires_at > now()',
        key,
      ),
    take: (key) =>
      read(
        'one-time-take',
        'delete from flow.one_time_value where key = $1 and expires_at > now() returning sealed',
        key,
      ),
  };
};
