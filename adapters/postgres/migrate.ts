import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { eventStore } from './migrations/0001-event-store.js';
import { keys } from './migrations/0002-keys.js';
import { flowState } from './migrations/0003-flow-state.js';
import { projectionCheckpoints } from './migrations/0004-projection-checkpoints.js';
import { outbox } from './migrations/0005-outbox.js';
import { eventStoreDB } from './migrations/0006-eventstoredb.js';
import { projectionProgress } from './migrations/0008-projection-progress.js';
import { restoreState } from './migrations/0011-restore.js';
import { keyRing } from './migrations/0010-key-ring.js';
import { quickerAppend } from './migrations/0014-quicker-append.js';
import { notify } from './migrations/0017-notify.js';
import { sinks } from './migrations/0018-sinks.js';
import { sinkSamples } from './migrations/0021-sink-samples.js';
import { sharedSignals } from './migrations/0019-shared-signals.js';

const step = (statements: string): Migration => ({
  up: async (db) => {
    await sql.raw(statements).execute(db);
  },
});

const first: Record<string, Migration> = {
  '0001-event-store': step(eventStore),
  '0002-keys': step(keys),
  '0003-flow-state': step(flowState),
  '0004-projection-checkpoints': step(projectionCheckpoints),
  '0005-outbox': step(outbox),
};

/**
 * Steps since then. Processes that know the first five only refuse a list of steps with more in it, so that these are
 * recorded in a list of their own.
 */
const later: Record<string, Migration> = {
  '0006-eventstoredb': step(eventStoreDB),
  '0008-projection-progress': step(projectionProgress),
  '0010-key-ring': step(keyRing),
  '0011-restore': step(restoreState),
  '0014-quicker-append': step(quickerAppend),
  '0017-notify': step(notify),
  '0018-sinks': step(sinks),
  '0019-shared-signals': step(sharedSignals),
  '0021-sink-samples': step(sinkSamples),
};

const laterTable = 'later_migration';

/** Steps that a newer version has made: this one goes on without knowing them. */
const madeByNewer = async (db: Kysely<unknown>): Promise<Record<string, Migration>> => {
  const { rows: tables } = await sql<{ found: boolean }>`
    select to_regclass(${`meta.${laterTable}`}) is not null as found`.execute(db);
  if (!tables[0]?.found) return {};
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(`meta.${laterTable}`)}`.execute(
    db,
  );
  return Object.fromEntries(rows.filter(({ name }) => !(name in later)).map(({ name }) => [name, step('')]));
};

/** Names of all steps that this version makes. */
export const migrationNames: readonly string[] = [...Object.keys(first), ...Object.keys(later)];

/** Brings the schema up to date: numbered steps, forward only, one process at a time. */
export const migrate = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create schema if not exists meta`.execute(db);
  await run(
    new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(first) },
      migrationTableSchema: 'meta',
    }),
  );
  await run(
    new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...later, ...(await madeByNewer(db)) }) },
      migrationTableSchema: 'meta',
      migrationTableName: laterTable,
      migrationLockTableName: `${laterTable}_lock`,
      allowUnorderedMigrations: true,
    }),
  );
};

const run = async (migrator: Migrator): Promise<void> => {
  const { error } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
};
