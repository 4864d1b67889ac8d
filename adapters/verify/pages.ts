import type { Pool } from 'pg';

const schemas = ['es', 'keys', 'outbox', 'meta'];

/** What reading every page of the tables that cannot be made anew found. */
export interface PagesRead {
  readonly checksums: boolean;
  readonly tables: number;
  readonly problems: readonly string[];
}

/** Reads every page of the log, the keys and the outbox, so that the database checks their checksums. */
export const readPages = async (pool: Pool): Promise<PagesRead> => {
  const { rows: setting } = await pool.query<{ data_checksums: string }>('show data_checksums');
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any ($1) order by 1`,
    [schemas],
  );
  const problems: string[] = [];
  for (const { name } of tables)
    try {
      await pool.query(`select sum(octet_length(t::text)) from ${name} t`);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      if (code !== 'XX001' && code !== 'XX002') throw error;
      problems.push(`${name}: ${message}`);
    }
  return { checksums: setting[0]?.data_checksums === 'on', tables: tables.length, problems };
};
