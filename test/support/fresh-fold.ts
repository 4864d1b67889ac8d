import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { groups } from '../../bin/core.js';
import type { Database } from '../../projections/projection.js';
import { createDatabase } from './database.js';
import type { Product } from './product.js';

type Rows = Record<string, string[]>;

const rowsOf = async (db: Database): Promise<Rows> => {
  const tables: Rows = {};
  for (const { name } of groups) {
    const { rows } = await sql<{
      table: string;
    }>`select tablename as "table" from pg_tables where schemaname = ${name}`.execute(db);
    for (const { table } of rows) {
      const found = await sql<{
        row: string;
      }>`select t::text as row from ${sql.table(`${name}.${table}`)} t order by 1`.execute(db);
      tables[`${name}.${table}`] = found.rows.map(({ row }) => row);
    }
  }
  return tables;
};

/** Rows of all read models: as they stand, and as the whole log folds into them anew. */
export const rowsOfGroups = async ({ core }: Product): Promise<[Rows, Rows]> => {
  const { connection, drop } = await createDatabase();
  const pool = new pg.Pool(connection);
  const db: Database = new Kysely({ dialect: new PostgresDialect({ pool }) });
  try {
    const events = await core.ports.sealer.openEvents(
      await core.ports.store.readAll({ after: 0n, limit: 100_000 }),
    );
    await sql`create extension if not exists pg_trgm`.execute(db);
    for (const group of groups) {
      await sql.raw(`create schema ${group.name}; ${group.tables}`).execute(db);
      const own = events.filter((event) => group.handles(event.type));
      for (let at = 0; at < own.length; at += 50)
        await db.transaction().execute((tx) => group.apply(tx, own.slice(at, at + 50)));
    }
    return [await rowsOf(core.db), await rowsOf(db)];
  } finally {
    await db.destroy();
    await drop();
  }
};
