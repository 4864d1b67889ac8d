import { sql } from 'kysely';
import type { Database } from '../../projections/projection.js';

/** Every row of every table of a schema, in a fixed order. */
export const contentOf = async (db: Database, schema: string): Promise<string[]> => {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = ${schema} order by 1`.execute(db);
  const content = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await sql<{ row: string }>`
        select to_jsonb(t)::text as row from ${sql.id(schema, name)} t order by 1`.execute(db);
      return rows.map(({ row }) => `${name} ${row}`);
    }),
  );
  return content.flat();
};
