import { sql } from 'kysely';
import { prepared } from './prepared.js';
import type { Database, ProjectionGroup, Tx } from './projection.js';

/** How far a set of tables has come. `building` ones are not read yet. */
export interface Progress {
  readonly schema: string;
  readonly name: string;
  readonly version: number;
  readonly state: 'building' | 'live';
  readonly position: bigint;
  readonly startedAt: Date;
  readonly usedAt: Date;
  readonly failedAt: Date | null;
  readonly failedPosition: bigint | null;
  readonly failure: string | null;
}

const columns = sql`schema, name, version, state, position, started_at as "startedAt", used_at as "usedAt",
  failed_at as "failedAt", failed_position as "failedPosition", failure`;

export const readProgress = async (db: Database, schema: string): Promise<Progress | null> => {
  const { rows } = await sql<Progress>`${prepared}
    select ${columns} from projection.progress where schema = ${schema}`.execute(db);
  return rows[0] ?? null;
};

export const listProgress = async (db: Database): Promise<readonly Progress[]> => {
  const { rows } = await sql<Progress>`
    select ${columns} from projection.progress order by name, version, schema`.execute(db);
  return rows;
};

/** What a position becomes, and that there is no failure any more. */
const reached = (position: bigint) =>
  sql`position = ${position}, used_at = now(), failed_at = null, failed_position = null, failure = null`;

/**
 * Takes the tables for this transaction, which brings them to a position, if they are at `from` or beyond and not as far yet.
 * Answers where they were; null when another process works on them, which is not waited for.
 */
export const takeTables = async (
  tx: Tx,
  schema: string,
  from: bigint,
  position: bigint,
): Promise<bigint | null> => {
  const { rows } = await sql<{ position: bigint }>`${prepared}
    with taken as (select position from projection.progress where schema = ${schema} for update skip locked),
    advanced as (
      update projection.progress p set ${reached(position)} from taken
       where p.schema = ${schema} and taken.position >= ${from} and taken.position < ${position})
    select position from taken`.execute(tx);
  return rows[0]?.position ?? null;
};

/** Remembers in the transaction of the rows how far they have come. */
export const advanceTables = async (tx: Tx, schema: string, position: bigint): Promise<void> => {
  await sql`${prepared}
    update projection.progress set ${reached(position)} where schema = ${schema}`.execute(tx);
};

/** Moves on over events that do not concern the tables, unless somebody else has changed them since `from`. */
export const moveOn = async (db: Database, schema: string, from: bigint, to: bigint): Promise<void> => {
  await sql`${prepared}
    update projection.progress set position = ${to}, used_at = now()
     where schema = ${schema} and position >= ${from} and position <= ${to}`.execute(db);
};

/** Remembers at which event the tables have halted, for everybody to see. */
export const recordFailure = async (
  db: Database,
  schema: string,
  position: bigint,
  failure: string,
): Promise<void> => {
  await sql`${prepared}
    update projection.progress
       set failed_at = coalesce(failed_at, now()), failed_position = ${position}, failure = ${failure}, used_at = now()
     where schema = ${schema} and position < ${position}`.execute(db);
};

/** Makes the tables of a group in a schema that does not exist yet. Tables that do exist stay as they are. */
export const makeTables = (db: Database, group: ProjectionGroup, schema: string): Promise<Progress> =>
  db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(7305002)`.execute(tx);
    const known = await readProgress(tx, schema);
    if (known) return known;
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(tx);
    await sql`create schema ${sql.id(schema)}`.execute(tx);
    await runInSchema(tx, schema, group.tables);
    await sql`insert into projection.progress (schema, name, version, state)
      values (${schema}, ${group.name}, ${group.version}, 'building')`.execute(tx);
    return (await readProgress(tx, schema))!;
  });

/** Runs statements that name their tables without a schema. */
export const runInSchema = async (tx: Tx, schema: string, statements: string): Promise<void> => {
  await sql`set local search_path to ${sql.id(schema)}, public`.execute(tx);
  await sql.raw(statements).execute(tx);
  await sql`set local search_path to default`.execute(tx);
};

/** Drops tables that nobody reads, and what is remembered of them. */
export const dropTables = (db: Database, schema: string): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await sql`delete from projection.progress where schema = ${schema}`.execute(tx);
    await sql`delete from projection.checkpoint where name = ${schema}`.execute(tx);
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(tx);
  });

/** Drops tables of other versions that no process has kept up to date for a day. Returns their schemas. */
export const dropUnused = async (db: Database, used: readonly string[]): Promise<readonly string[]> => {
  const { rows } = await sql<{ schema: string }>`
    select schema from projection.progress
     where used_at < now() - interval '1 day' and schema <> all (${used})`.execute(db);
  for (const { schema } of rows) await dropTables(db, schema);
  return rows.map(({ schema }) => schema);
};
