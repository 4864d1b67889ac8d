import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { logChannel } from '../../adapters/eventstore/postgres/bell.js';
import { PostgresEventStore } from '../../adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { Notifications } from '../../adapters/postgres/notifications.js';
import { createPool } from '../../adapters/postgres/pool.js';
import type { AppendBatch } from '../../commands/ports.js';
import { isConnectionFailure, OutcomeUnknown } from '../../domain/kernel/store-errors.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { openSilentProxy, type SilentProxy } from '../support/silent-proxy.js';

const deadlineMs = 4000;

let database: TestDatabase;
let proxy: SilentProxy;
let pool: Pool;
let db: Kysely<unknown>;
let notifications: Notifications;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await createDatabase();
  proxy = await openSilentProxy(database.connection);
  pool = createPool({ ...proxy.connection, max: 2 }, () => undefined);
  db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  await migrate(db);
  notifications = new Notifications(database.connection, [logChannel]);
  await notifications.connect();
  store = await PostgresEventStore.open(pool, notifications);
});
afterEach(() => {
  proxy.heal();
});
afterAll(async () => {
  await notifications.close();
  await pool.end();
  await proxy.close();
  await database.drop();
});

const failureOf = async (work: Promise<unknown>): Promise<{ error: unknown; ms: number }> => {
  const started = performance.now();
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - started };
};

const batchOf = (stream: string): AppendBatch => ({
  streams: [
    {
      stream,
      expected: 'no_stream',
      events: [{ id: randomUUID(), type: 'note.created', version: 1, data: {}, meta: {}, at: new Date() }],
    },
  ],
  claims: [],
  vault: [],
  command: null,
});

const select = (): Promise<unknown> => sql`select 1`.execute(db);

it('R10, R11: a read from a database that has gone silent fails in time, and works as soon as it answers', async () => {
  await Promise.all([select(), select()]);
  proxy.freeze();
  const failed = await Promise.all([failureOf(select()), failureOf(select())]);
  for (const { error, ms } of failed) {
    expect(isConnectionFailure(error)).toBe(true);
    expect(ms).toBeLessThan(deadlineMs);
  }
  proxy.heal();
  for (let n = 0; n < 4; n += 1) await select();
});

it('R10, R1: the outcome of an append without an answer is unknown, and the same append stores it once', async () => {
  const batch = batchOf(`note-${randomUUID()}`);
  const { stream } = batch.streams[0]!;
  proxy.swallowAnswers();
  const { error, ms } = await failureOf(store.append(batch));
  expect(error).toBeInstanceOf(OutcomeUnknown);
  expect(ms).toBeLessThan(deadlineMs);
  proxy.heal();
  expect((await store.append(batch)).outcome).toBe('repeated');
  expect(await store.readStream(stream)).toHaveLength(1);
});
