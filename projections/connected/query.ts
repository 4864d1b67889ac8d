import { sql } from 'kysely';
import type { Database } from '../projection.js';

/** How many processes of the product listen to the database at this moment. */
export const connectedProcesses = async (db: Database): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'muniment listen'`.execute(db);
  return rows[0]?.count ?? 0;
};
