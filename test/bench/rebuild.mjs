// Goal 11: all read models made anew from a million events, against bare upserts of five hundred rows with a checkpoint.
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readSettings } from '../../dist/bin/configuration.js';
import { openStore } from '../../dist/bin/open/open-store.js';
import { generateLog } from './generate-log.mjs';
import { cpuSeconds, median, now, residentMiB } from './measure.mjs';

const events = Number(process.env.MUNIMENT_TEST_EVENTS ?? 1_000_000);
const start = fileURLToPath(new URL('../../bin/start.cjs', import.meta.url));
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Upserts of five hundred rows that exist, and the checkpoint, in one transaction on one connection. */
const floorOf = async (connection) => {
  const db = new pg.Client(connection);
  await db.connect();
  await db.query(`set synchronous_commit = off;
    create table view (id uuid primary key, username text not null, email text, attributes jsonb not null, version int not null, updated timestamptz not null);
    create index on view (username);
    create table checkpoint (name text primary key, position bigint not null);
    insert into checkpoint values ('users', 0)`);
  const ids = Array.from({ length: 50_000 }, () => randomUUID());
  const attributes = JSON.stringify({ department: 'sales', locale: 'en', flags: ['a', 'b'] });
  const text = `insert into view select * from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::int[], $6::timestamptz[])
    on conflict (id) do update set username = excluded.username, email = excluded.email, attributes = excluded.attributes,
      version = excluded.version, updated = excluded.updated where view.version < excluded.version`;
  let at = 0;
  let version = 0;
  const upsert = async (rows) => {
    version += 1;
    const chosen = Array.from({ length: rows }, (_, n) => ids[(at + n) % ids.length]);
    at += rows;
    await db.query('begin');
    await db.query({
      name: 'upsert',
      text,
      values: [
        chosen,
        chosen.map((id) => `user-${id.slice(0, 8)}`),
        chosen.map((id) => `${id.slice(0, 8)}@example.test`),
        chosen.map(() => attributes),
        chosen.map(() => version),
        chosen.map(() => new Date()),
      ],
    });
    await db.query({
      name: 'cp',
      text: 'update checkpoint set position = position + 1 where name = $1',
      values: ['users'],
    });
    await db.query('commit');
  };
  for (let n = 0; n < ids.length; n += 5000) await upsert(5000);
  return {
    measure: async (seconds) => {
      const began = now();
      let rows = 0;
      for (; now() - began < seconds; rows += 500) await upsert(500);
      return rows / (now() - began);
    },
    close: () => db.end(),
  };
};

/** Rows that were written into the tables of all read models since they were made. */
const rowsOfReadModels = async (connection) => {
  const db = new pg.Client(connection);
  await db.connect();
  // What the connections of the rebuild counted becomes visible within a second of their end.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await db.query(
    `select sum(n_tup_ins + n_tup_upd)::float8 as written from pg_stat_user_tables where schemaname ~ '_v[0-9]+'`,
  );
  await db.end();
  return rows[0].written;
};

/** Runs a rebuild in a process of its own, as people do. */
const rebuild = async (env, group) => {
  const began = now();
  const child = spawn(process.execPath, [start, 'projections', 'rebuild', group], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  let mostMiB = 0;
  let cpu = 0;
  const watch = setInterval(() => {
    try {
      mostMiB = Math.max(mostMiB, residentMiB(child.pid));
      cpu = cpuSeconds(child.pid);
    } catch {
      // It has ended.
    }
  }, 100);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  if (code !== 0) throw new Error(`the rebuild ended with ${code}`);
  return { seconds: now() - began, mostMiB, cpu };
};

export const name = 'rebuild';
export const goals = [
  { goal: '11', figure: 'rows of it', must: 0.3, aim: 0.6 },
  { goal: '11', figure: 'a million events', most: 200 },
  { goal: '11', figure: 'memory', most: 512 },
];

export const run = async ({ postgres, seconds }) => {
  const env = { MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64') };
  const connection = await postgres.database('rebuild');
  const closers = [];
  const opened = await openStore(readSettings(env), connection, silent, closers);
  let told = 0;
  const began = now();
  await generateLog(opened, events, (written) => {
    if (written - told < 100_000) return;
    told = written;
    process.stderr.write(`  ${written} events written after ${Math.round(now() - began)} s\n`);
  });
  await opened.pool.query('checkpoint');
  for (const close of closers.reverse()) await close();
  const floor = await floorOf(await postgres.database('rebuild_floor'));
  const floors = [await floor.measure(seconds)];
  const all = await rebuild({ ...env, DATABASE_URL: postgres.url(connection) }, 'all');
  floors.push(await floor.measure(seconds));
  await floor.close();
  const rows = await rowsOfReadModels(connection);
  const rate = events / all.seconds;
  return [
    { scenario: 'floor', rate: median(floors) },
    {
      scenario: 'rebuild of everything',
      rate,
      ratio: rate / median(floors),
      floor: 'project',
      cpuUs: (all.cpu / events) * 1e6,
    },
    {
      scenario: 'rows of it',
      rate: rows / all.seconds,
      ratio: rows / all.seconds / median(floors),
      floor: 'project',
    },
    { scenario: 'a million events', value: (all.seconds / events) * 1e6, unit: 's' },
    { scenario: 'memory', value: all.mostMiB, unit: 'MiB' },
  ];
};
