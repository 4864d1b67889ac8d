import { Kysely, PostgresDialect, sql } from 'kysely';
import { migrate } from '../../../dist/adapters/postgres/migrate.js';
import { createPool } from '../../../dist/adapters/postgres/pool.js';
import { groups } from '../../../dist/bin/read-models.js';
import { makeTables } from '../../../dist/projections/progress.js';

const pageSize = 500;

/** A hash over all rows of each table of a schema, in a fixed order. */
const hashes = async (db, schema) => {
  const { rows: tables } = await sql`select table_name as name from information_schema.tables
    where table_schema = ${schema} and table_type = 'BASE TABLE' order by table_name`.execute(db);
  const found = {};
  for (const { name } of tables) {
    const { rows } = await sql`select count(*)::int as n,
      md5(coalesce(string_agg(md5(to_jsonb(t)::text), '' order by md5(to_jsonb(t)::text)), '')) as hash
      from ${sql.table(`${schema}.${name}`)} t`.execute(db);
    found[name] = `${rows[0].n} rows, ${rows[0].hash}`;
  }
  return found;
};

/** Makes each read model anew from the first event, in a database of its own, and compares it with the one that is live. */
export const compareReadModels = async ({ stage, db, opened }) => {
  await stage.cluster.query('drop database if exists rebuilt with (force)', 'postgres');
  await stage.cluster.query('create database rebuilt', 'postgres');
  const pool = createPool(stage.cluster.connection('rebuilt'), () => undefined);
  const rebuilt = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const violations = [];
  try {
    await migrate(rebuilt);
    for (const group of groups) {
      await makeTables(rebuilt, group, group.live);
      const relevant = opened.filter((event) => group.handles(event.type));
      for (let at = 0; at < relevant.length; at += pageSize)
        await rebuilt
          .transaction()
          .execute((tx) => group.apply(tx, group.live, relevant.slice(at, at + pageSize)));
      const [live, fresh] = [await hashes(db, group.live), await hashes(rebuilt, group.live)];
      for (const table of Object.keys(fresh))
        if (live[table] !== fresh[table])
          violations.push(`${group.name}.${table}: live ${live[table]}; rebuilt ${fresh[table]}`);
    }
  } finally {
    await pool.end();
  }
  return violations;
};
