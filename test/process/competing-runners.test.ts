import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { directory } from '../../projections/directory/project.js';
import { Client } from '../support/client.js';
import { createDatabase, databaseUrl, type TestDatabase } from '../support/database.js';
import { Installation } from '../support/process.js';
import { adminPassword, adminToken } from '../support/product.js';

let database: TestDatabase;
let db: pg.Client;
let one: Installation;
let other: Installation;

beforeAll(async () => {
  database = await createDatabase();
  const environment = {
    DATABASE_URL: databaseUrl(database),
    MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
    MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
  };
  one = await Installation.create(environment);
  other = await Installation.create(environment);
  await one.start();
  await other.start();
  db = new pg.Client(database.connection);
  await db.connect();
}, 180_000);
afterAll(async () => {
  await db.end();
  await one.destroy();
  await other.destroy();
  await database.drop();
});

const createUser = (at: Installation, name: string): Promise<unknown> =>
  new Client(at.baseUrl).admin(
    'mutation ($n: String!) { createUser(input: { username: $n }) { position } }',
    {
      n: name,
    },
  );

const content = async (): Promise<string[]> => {
  const { rows } = await db.query<{ row: string }>(
    `select to_jsonb(u)::text as row from ${directory.live}.user u order by 1`,
  );
  return rows.map(({ row }) => row);
};

const names = async (at: Installation): Promise<number> =>
  (await new Client(at.baseUrl).admin('{ users(search: "made-") { totalCount } }')).users
    .totalCount as number;

/** Process id of the product that is writing users at this moment, as its connection tells. */
const writer = async (): Promise<number> => {
  const { rows } = await db.query<{ pid: string }>(
    `select substring(application_name from '\\d+$') as pid from pg_stat_activity
      where application_name like 'muniment read models %' and datname = current_database()
        and query like $1 and (state = 'active' or state like 'idle in transaction%')`,
    [`%insert into "${directory.live}"."user"%`],
  );
  return Number(rows[0]?.pid ?? 0);
};

it('R3: an owner that is stopped while it holds a group loses it, and adds nothing when it goes on', async () => {
  await db.query(`create function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return new; end $$;
    create trigger linger before insert on ${directory.live}.user for each row execute function linger()`);
  const making = createUser(one, 'made-first');
  await expect.poll(writer, { interval: 10, timeout: 10_000 }).toBeGreaterThan(0);
  const owner = await writer();
  process.kill(owner, 'SIGSTOP');
  const free = (await isAnswering(one)) ? one : other;
  const stopped = free === one ? other : one;
  try {
    await db.query(`set lock_timeout = '30s'; drop trigger linger on ${directory.live}.user`);
    for (let n = 0; n < 5; n += 1) await createUser(free, `made-while-${String(n)}`);
    await expect.poll(() => names(free), { interval: 100, timeout: 30_000 }).toBe(6);
  } finally {
    process.kill(owner, 'SIGCONT');
  }
  await making.catch(() => undefined);
  await expect.poll(() => stopped.isReady(), { timeout: 20_000 }).toBe(true);
  for (let n = 0; n < 5; n += 1) await createUser(stopped, `made-after-${String(n)}`);
  await expect.poll(() => names(stopped), { timeout: 20_000 }).toBe(11);
  await expect.poll(() => names(free), { timeout: 20_000 }).toBe(11);
  const shown = await content();
  const rebuilt = await one.run(['projections', 'rebuild', 'directory']);
  expect(rebuilt.code, rebuilt.stderr).toBe(0);
  expect(await content()).toEqual(shown);
});

/** Whether a product answers soon. */
const isAnswering = async (at: Installation): Promise<boolean> => {
  const answer = await fetch(`${at.baseUrl}/-/health/live/`, { signal: AbortSignal.timeout(1500) }).catch(
    () => null,
  );
  return answer?.status === 200;
};

it('the verbs of the shell tell how the read models stand, and refuse what they do not know', async () => {
  const listed = await one.run(['projections', 'list']);
  expect(listed.code, listed.stderr).toBe(0);
  expect(listed.stdout).toMatch(new RegExp(`${directory.live} +live +\\d+ +0 `));
  const unknown = await one.run(['projections', 'rebuild', 'weather']);
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringContaining('There are no read models weather'),
  ]);
  const early = await one.run(['projections', 'skip', 'audit', '1', '--reason', 'because']);
  expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('not halted at this position')]);
  const served = await one.run(['projections', 'drop', directory.live]);
  expect(served.code).toBe(1);
});
