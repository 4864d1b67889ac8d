import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../adapters/postgres/migrate.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const firstSteps = [
  '0001-event-store',
  '0002-keys',
  '0003-flow-state',
  '0004-projection-checkpoints',
  '0005-outbox',
];

describe('R16: the steps of the schema', () => {
  let database: TestDatabase;
  let db: Kysely<unknown>;
  beforeAll(async () => {
    database = await createDatabase();
    db = new Kysely({
      dialect: new PostgresDialect({ pool: createPool(database.connection, () => undefined) }),
    });
    await migrate(db);
  });
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });

  it('leave the list of a version that knows the first five as that version made it', async () => {
    const before = new Migrator({
      db,
      provider: {
        getMigrations: () =>
          Promise.resolve(
            Object.fromEntries(firstSteps.map((name) => [name, { up: () => Promise.resolve() }])),
          ),
      },
      migrationTableSchema: 'meta',
    });
    expect(await before.migrateToLatest()).toEqual({ error: undefined, results: [] });
  });

  it('go on when a newer version has made more of them', async () => {
    await sql`insert into meta.later_migration (name, timestamp) values ('9999-of-tomorrow', '')`.execute(db);
    await migrate(db);
    await migrate(db);
  });
});
