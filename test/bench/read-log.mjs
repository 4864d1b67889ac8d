// Reading the whole log through the port against a bare paged read of as many rows.
import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { logChannel } from '../../dist/adapters/eventstore/postgres/bell.js';
import { PostgresEventStore } from '../../dist/adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../dist/adapters/postgres/migrate.js';
import { Notifications } from '../../dist/adapters/postgres/notifications.js';
import { createPool } from '../../dist/adapters/postgres/pool.js';
import { sampleData as data, sampleMeta as meta } from './append.mjs';
import { interleave, ratio, typical } from './measure.mjs';

const events = 100_000;
const perAppend = 500;
const pageSize = 500;

export const name = 'read-log';
export const goals = [{ goal: 'reading the log', figure: 'readAll', must: 0.6, aim: 0.8 }];

/** Events per second of one walk over everything, page by page. */
export const walk = async (readAfter) => {
  const begun = performance.now();
  let after = 0n;
  let seen = 0;
  for (;;) {
    const page = await readAfter(after);
    if (page.length === 0) break;
    seen += page.length;
    after = page.at(-1).position;
  }
  return { rate: seen / ((performance.now() - begun) / 1000) };
};

/** As many events in a table without anything around it, and how to read a page of them. */
export const bareTable = async (connection, count) => {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(`create table bare_event (
    position bigint generated always as identity primary key,
    stream uuid not null, version int not null, type text not null,
    data jsonb not null, at timestamptz not null default now(), unique (stream, version))`);
  await client.query(
    `insert into bare_event (stream, version, type, data) select gen_random_uuid(), 1, 'user.renamed', $1 from generate_series(1, $2)`,
    [JSON.stringify({ ...data, ...meta }), count],
  );
  await client.query('vacuum analyze bare_event');
  return {
    read: async (after) =>
      (
        await client.query({
          name: 'page',
          text: 'select position, stream, version, type, data, at from bare_event where position > $1 order by position limit $2',
          values: [after, pageSize],
        })
      ).rows,
    close: () => client.end(),
  };
};

export const run = async ({ postgres, rounds }) => {
  const connection = await postgres.database('log');
  const pool = createPool(connection, () => undefined);
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
  const notifications = new Notifications(connection, [logChannel]);
  await notifications.connect();
  const store = await PostgresEventStore.open(pool, notifications);
  for (let done = 0; done < events; done += perAppend) {
    const batch = Array.from({ length: perAppend }, () => ({
      id: randomUUID(),
      type: 'user.renamed',
      version: 1,
      data,
      meta,
      at: new Date(),
    }));
    await store.append({
      streams: [{ stream: `user-${randomUUID()}`, expected: 'no_stream', events: batch }],
      claims: [],
      vault: [],
      command: null,
    });
  }
  await pool.query('vacuum analyze es.event');
  const bare = await bareTable(await postgres.database('bare'), events);
  const scenarios = {
    tail: () => walk(bare.read),
    readAll: () => walk((after) => store.readAll({ after, limit: pageSize })),
  };
  for (const warmUp of Object.values(scenarios)) await warmUp();
  const seen = await interleave(scenarios, rounds);
  await notifications.close();
  await pool.end();
  await bare.close();
  return Object.entries(seen).map(([scenario, runs]) => ({
    scenario,
    rate: typical(runs, 'rate'),
    ratio: ratio(runs, seen.tail),
  }));
};
