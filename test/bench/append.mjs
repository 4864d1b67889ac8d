// Goal 10: appends through the port against bare inserts of a hundred rows, and against bare inserts of one row per commit.
import { randomBytes, randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { logChannel } from '../../dist/adapters/eventstore/postgres/bell.js';
import { PostgresEventStore } from '../../dist/adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../dist/adapters/postgres/migrate.js';
import { Notifications } from '../../dist/adapters/postgres/notifications.js';
import { identifiers } from '../../dist/adapters/clock/identifiers.js';
import { createPool } from '../../dist/adapters/postgres/pool.js';
import { interleave, loop, ratio, typical } from './measure.mjs';

const rowsPerInsert = 100;

/** About 700 bytes of JSON, as a sealed event of a person has. */
export const sampleData = {
  userId: randomUUID(),
  credential: { ref: 'user/1/password', version: 1 },
  name: sealed(90),
};
export const sampleMeta = {
  commandId: randomUUID(),
  correlationId: randomUUID(),
  causationId: null,
  actor: { type: 'user', id: randomUUID() },
  sessionId: randomUUID(),
  tenant: 'main',
  via: 'flow',
  requestId: 'req-1',
  personal: sealed(140),
};
function sealed(bytes) {
  return {
    $s: randomUUID(),
    k: 1,
    n: randomBytes(12).toString('base64'),
    c: randomBytes(bytes).toString('base64'),
  };
}

const event = () => ({
  id: randomUUID(),
  type: 'user.renamed',
  version: 1,
  data: sampleData,
  meta: sampleMeta,
  at: new Date(),
});

const plain = () => ({
  streams: [{ stream: `user-${identifiers.next('user')}`, expected: 'no_stream', events: [event()] }],
  claims: [],
  vault: [],
  command: null,
});

const sealedSecret = randomBytes(120).toString('base64');
const sealedResult = randomBytes(60).toString('base64');
const digest = () => `${randomUUID()}${randomUUID()}`.slice(0, 43);

const full = () => {
  const id = identifiers.next('user');
  const stream = `user-${id}`;
  return {
    streams: [{ stream, expected: 'no_stream', events: [event()] }],
    claims: [{ op: 'take', kind: 'user.username', hash: digest(), stream }],
    vault: [
      { ref: `user/${id}/password`, version: 1, kind: 'password', sealed: sealedSecret, fingerprint: null },
    ],
    command: {
      id: randomUUID(),
      requestHash: digest(),
      sealedResult,
      expiresAt: new Date(Date.now() + 86_400_000),
    },
  };
};

const bareInserts = async (connection) => {
  const client = new pg.Pool({ ...connection, max: 64 });
  client.on('error', () => undefined);
  await client.query(`create table bare_event (
    position bigint generated always as identity primary key,
    stream uuid not null, version int not null, type text not null,
    data jsonb not null, at timestamptz not null default now(), unique (stream, version))`);
  const payload = JSON.stringify({ ...sampleData, ...sampleMeta });
  const insert = () =>
    client.query({
      name: 'bare-insert',
      text: 'insert into bare_event (stream, version, type, data) select s, 1, $2, d from unnest($1::uuid[], $3::jsonb[]) as x(s, d)',
      values: [
        Array.from({ length: rowsPerInsert }, () => randomUUID()),
        'user.renamed',
        Array(rowsPerInsert).fill(payload),
      ],
    });
  // The columns and indexes of the log, without its lock, its order and its checks.
  await client.query(`create table bare_log (
    position bigint generated always as identity primary key,
    stream text collate "C" not null, revision integer not null, id uuid not null unique,
    type text collate "C" not null, version smallint not null, data jsonb not null, meta jsonb not null,
    at timestamptz not null, recorded_at timestamptz not null default now(), unique (stream, revision))`);
  const insertOne = () => {
    const { id, type, version, at } = event();
    return client.query({
      name: 'bare-insert-one',
      text: 'insert into bare_log (stream, revision, id, type, version, data, meta, at) values ($1, 0, $2, $3, $4, $5, $6, $7)',
      values: [
        `user-${randomUUID()}`,
        id,
        type,
        version,
        JSON.stringify(sampleData),
        JSON.stringify(sampleMeta),
        at,
      ],
    });
  };
  return { insert, insertOne, close: () => client.end() };
};

export const name = 'append';
export const goals = [
  { goal: '10', figure: 'full64', must: 0.2, aim: 0.4 },
  { goal: 'one row per commit', figure: 'plain1 : row1', must: 0.8, aim: 0.8 },
  { goal: 'one row per commit', figure: 'plain16 : row16', must: 1.5, aim: 1.5 },
  { goal: 'one row per commit', figure: 'plain64 : row64', must: 1.5, aim: 1.5 },
];

export const run = async ({ postgres, rounds, seconds }) => {
  const bare = await bareInserts(await postgres.database('bare'));
  const connection = await postgres.database('append');
  const pool = createPool(connection, () => undefined);
  await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
  const notifications = new Notifications(connection, [logChannel]);
  await notifications.connect();
  const store = await PostgresEventStore.open(pool, notifications);
  const through = (batch, writers) => () => loop(() => store.append(batch()), { seconds, writers });
  const scenarios = {
    floor: async () => {
      const { rate, p99Ms } = await loop(bare.insert, { seconds, writers: 1 });
      return { rate: rate * rowsPerInsert, p99Ms };
    },
    row1: () => loop(bare.insertOne, { seconds, writers: 1 }),
    plain1: through(plain, 1),
    row16: () => loop(bare.insertOne, { seconds, writers: 16 }),
    plain16: through(plain, 16),
    row64: () => loop(bare.insertOne, { seconds, writers: 64 }),
    plain64: through(plain, 64),
    full1: through(full, 1),
    full16: through(full, 16),
    full64: through(full, 64),
  };
  for (const warmUp of Object.values(scenarios)) await warmUp();
  const seen = await interleave(scenarios, rounds);
  await notifications.close();
  await pool.end();
  await bare.close();
  const row = (scenario, runs, floor) => ({
    scenario,
    rate: typical(runs, 'rate'),
    ratio: ratio(runs, floor),
    p99Ms: typical(runs, 'p99Ms'),
  });
  return [
    ...Object.entries(seen).map(([scenario, runs]) => row(scenario, runs, seen.floor)),
    ...[1, 16, 64].map((writers) =>
      row(`plain${writers} : row${writers}`, seen[`plain${writers}`], seen[`row${writers}`]),
    ),
  ];
};
