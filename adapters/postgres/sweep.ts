import type { Pool } from 'pg';

/** Removes what has expired. Expiry is checked at use; this only saves space. */
export const sweepExpired = async (pool: Pool): Promise<void> => {
  await pool.query('delete from flow.execution where expires_at < now()');
  await pool.query('delete from flow.one_time_value where expires_at < now()');
  await pool.query('delete from flow.counter where window_ends_at < now()');
  await pool.query('delete from es.command where expires_at < now()');
  await pool.query(
    `delete from outbox.delivery where finished_at < now() - case status when 'parked' then interval '90 days' else interval '7 days' end`,
  );
};
