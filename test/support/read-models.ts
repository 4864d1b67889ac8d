import { sql } from 'kysely';
import { logReader, skippedIn } from '../../bin/read-models.js';
import { rebuildTables } from '../../projections/build-tables.js';
import type { Database, ProjectionGroup } from '../../projections/projection.js';
import type { Product } from './product.js';

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

/** Makes the tables of a group anew from the log, as an operator would. */
export const rebuildGroup = async ({ core }: Product, group: ProjectionGroup): Promise<void> => {
  const { store, sealer } = core.ports;
  const building = {
    db: core.backgroundDb,
    log: logReader(store, sealer),
    skippedEvents: skippedIn(store, sealer),
  };
  await rebuildTables(building, [group]);
};
