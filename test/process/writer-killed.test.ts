import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventStoreDBEventStore } from '../../adapters/eventstore/eventstoredb/eventstoredb-event-store.js';
import { PostgresEventStore } from '../../adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { Notifications } from '../../adapters/postgres/notifications.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { ensureBuilt } from '../../bin/build.mjs';
import type { EventStore } from '../../commands/ports.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { EventStoreDBProcess } from '../support/eventstoredb-process.js';

const writer = fileURLToPath(new URL('../support/writer.mjs', import.meta.url));
const rounds = 5;

interface Line {
  readonly what: 'begun' | 'stored';
  readonly streams: readonly [string, string];
  readonly ref: string;
  readonly command: string;
}

/** Lets a process write until it has been told so often that something was stored, and kills it in the middle. */
const writeUntilKilled = async (argument: string, acknowledged: number): Promise<Line[]> => {
  const child = spawn(process.execPath, [writer, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Line[] = [];
  let stored = 0;
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line.what === 'stored' && (stored += 1) === acknowledged) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return lines;
};

describe.each(['postgres', 'eventstoredb (stand-in)'])('R1: kill -9 of a writer: %s', (name) => {
  let database: TestDatabase;
  let node: EventStoreDBProcess | null = null;
  let pool: Pool;

  beforeAll(async () => {
    expect(ensureBuilt()).toBe(true);
    database = await createDatabase();
    pool = createPool(database.connection, () => undefined);
    await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
    if (name !== 'postgres') node = await EventStoreDBProcess.start();
  }, 180_000);
  afterAll(async () => {
    await node?.destroy();
    await pool.end();
    await database.drop();
  });

  it('what was acknowledged is stored once, and no batch in part', async () => {
    const argument = JSON.stringify({ connection: database.connection, url: node?.url ?? null });
    const lines: Line[] = [];
    for (let round = 0; round < rounds; round += 1)
      lines.push(...(await writeUntilKilled(argument, 5 + Math.floor(Math.random() * 40))));
    // Opening finishes what the killed processes left.
    const store: EventStore = node
      ? await EventStoreDBEventStore.open(node.url, pool)
      : await PostgresEventStore.open(pool, new Notifications(database.connection, []));
    try {
      const acknowledged = lines.filter(({ what }) => what === 'stored');
      expect(acknowledged.length).toBeGreaterThanOrEqual(rounds * 5);
      for (const { streams, ref, command } of acknowledged) {
        for (const stream of streams)
          expect((await store.readStream(stream)).map(({ revision }) => revision)).toEqual([0, 1]);
        expect(await store.readVault(ref, 1)).not.toBeNull();
        expect(await store.findCommand(command)).not.toBeNull();
      }
      const known = new Set(acknowledged.map(({ command }) => command));
      for (const { streams, ref, command } of lines.filter((line) => !known.has(line.command))) {
        const lengths = await Promise.all(
          streams.map(async (stream) => (await store.readStream(stream)).length),
        );
        const isStored = lengths[0] === 2;
        expect(lengths).toEqual(isStored ? [2, 2] : [0, 0]);
        expect((await store.readVault(ref, 1)) !== null).toBe(isStored);
        expect((await store.findCommand(command)) !== null).toBe(isStored);
      }
    } finally {
      await store.close();
    }
  });
});
