import type { Pool } from 'pg';

/** Throws while a restore into this database is under way or was broken off: nothing must be written before it is done. */
export const refuseUnfinishedRestore = async (pool: Pool): Promise<void> => {
  const { rowCount } = await pool.query('select from meta.restore where finished_at is null');
  if (rowCount !== 0)
    throw new Error(
      'A restore into this database is not finished. Run "muniment restore" again: it goes on where it stood.',
    );
};
