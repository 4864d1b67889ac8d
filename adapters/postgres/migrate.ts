import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { eventStore } from './migrations/0001-event-store.js';
import { keys } from './migrations/0002-keys.js';
import { flowState } from './migrations/0003-flow-state.js';
import { projectionCheckpoints } from './migrations/0004-projection-checkpoints.js';
import { outbox } from './migrations/0005-outbox.js';
import { keyRing } from './migrations/0010-key-ring.js';

const step = (statements: string): Migration => ({
  up: async (db) => {
    await sql.raw(statements).execute(db);
  },
});

const migrations: Record<string, Migration> = {
  '0001-event-store': step(eventStore),
  '0002-keys': step(keys),
  '0003-flow-state': step(flowState),
  '0004-projection-checkpoints': step(projectionCheckpoints),
  '0005-outbox': step(outbox),
  '0010-key-ring': step(keyRing),
};

/** Brings the schema up to date: numbered steps, forward only, one process at a time. */
export const migrate = async (db: Kysely<unknown>): Promise<void> => {
  await sql`create schema if not exists meta`.execute(db);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableSchema: 'meta',
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
};
