import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createDatabase, databaseUrl, type TestDatabase } from '../support/database.js';
import { startNode, type EventStoreDBNode } from '../support/eventstoredb-node/node.mjs';
import { Installation } from '../support/process.js';
import { adminPassword, adminToken } from '../support/product.js';

const startFile = fileURLToPath(new URL('../../bin/start.cjs', import.meta.url));
const password = 'a long enough password';

let database: TestDatabase;
let node: EventStoreDBNode;
let inPostgres: Installation;
let inEventStoreDB: Installation;

const admin = (at: Installation, query: string, variables: Record<string, unknown> = {}): Promise<any> =>
  new Client(at.baseUrl).admin(query, variables);
const createGroup = (at: Installation, name: string): Promise<unknown> =>
  admin(at, 'mutation($n: String!) { createGroup(input: { name: $n }) { position } }', { n: name });
const createPerson = async (at: Installation, username: string): Promise<number> => {
  const { createUser } = await admin(
    at,
    'mutation ($u: String!) { createUser(input: { username: $u }) { user { id number } } }',
    { u: username },
  );
  await admin(
    at,
    'mutation ($id: ID!, $p: String!) { setPassword(userId: $id, password: $p) { position } }',
    { id: createUser.user.id, p: password },
  );
  return createUser.user.number as number;
};
const signIn = async (at: Installation, username: string): Promise<string> =>
  (await new Client(at.baseUrl).login(username, password)).body.component as string;
const groupsOf = async (at: Installation): Promise<string[]> => {
  const { groups } = await admin(at, '{ groups(first: 100) { nodes { name } } }');
  return groups.nodes.map(({ name }: any) => name).sort();
};
const auditOf = async (at: Installation): Promise<string[]> => {
  const { auditEntries } = await admin(at, '{ auditEntries(first: 100) { nodes { id action } } }');
  return auditEntries.nodes.map(({ id, action }: any) => `${String(id)} ${String(action)}`);
};
const idsInPostgres = async (): Promise<string[]> => {
  const client = new pg.Client(databaseUrl(database));
  await client.connect();
  const { rows } = await client.query<{ id: string }>('select id from es.event order by position');
  await client.end();
  return rows.map(({ id }) => id);
};
const idsInEventStoreDB = (): string[] =>
  node.log.all
    .filter(({ type, stream }) => !type.startsWith('$') && !/^(claim-|muniment-store)/.test(stream))
    .map(({ id }) => id);

beforeAll(async () => {
  [database, node] = await Promise.all([createDatabase(), startNode()]);
  const common = {
    DATABASE_URL: databaseUrl(database),
    MUNIMENT_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    MUNIMENT_LOG_LEVEL: 'error',
  };
  inPostgres = await Installation.create(common);
  inEventStoreDB = await Installation.create({ ...common, EVENTSTORE_URL: node.url });
  await inPostgres.start();
}, 180_000);
afterAll(async () => {
  await inPostgres.destroy();
  await inEventStoreDB.destroy();
  node.stop();
  await database.drop();
});

describe('muniment store copy', () => {
  let groups: string[];
  let audit: string[];
  let number: number;

  it('is refused while the product runs, and without one side of each kind', async () => {
    await createGroup(inPostgres, 'first');
    number = await createPerson(inPostgres, 'jane');
    expect(await signIn(inPostgres, 'jane')).toBe('xak-flow-redirect');
    groups = await groupsOf(inPostgres);
    const running = await inPostgres.run(['store', 'copy', '--from', 'database', '--to', node.url]);
    expect(running.stderr).toBe('muniment: store copy: stop the product first.\n');
    const same = await inPostgres.run(['store', 'copy', '--from', 'database', '--to', 'database']);
    expect(same.stderr).toMatch(/^muniment: store copy: one side is esdb/);
    audit = await auditOf(inPostgres);
    await inPostgres.signal('SIGTERM');
  });

  it('to EventStoreDB: goes on after a kill -9, keeps ids and order, and the product goes on there', async () => {
    const args = ['store', 'copy', '--from', databaseUrl(database), '--to', node.url];
    const child = spawn(process.execPath, [startFile, ...args], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] },
    });
    await expect.poll(() => idsInEventStoreDB().length, { timeout: 30_000, interval: 5 }).toBeGreaterThan(10);
    child.kill('SIGKILL');
    await once(child, 'close');
    const before = await idsInPostgres();
    expect(idsInEventStoreDB().length).toBeLessThan(before.length);

    const { code, stdout, stderr } = await inPostgres.run(args);
    expect(stderr).toContain(`${String(before.length)} events are the same in both logs`);
    expect(stdout).toContain('Set EVENTSTORE_URL');
    expect(code).toBe(0);
    expect(idsInEventStoreDB()).toEqual(before);

    await inEventStoreDB.start();
    expect(await groupsOf(inEventStoreDB)).toEqual(groups);
    expect((await auditOf(inEventStoreDB)).filter((entry) => audit.includes(entry))).toEqual(audit);
    expect(await signIn(inEventStoreDB, 'jane')).toBe('xak-flow-redirect');
    await expect(createGroup(inEventStoreDB, 'first')).rejects.toThrow('CLAIM_TAKEN');
    await createGroup(inEventStoreDB, 'second');
    expect(await createPerson(inEventStoreDB, 'john')).toBeGreaterThan(number);
    await inEventStoreDB.signal('SIGTERM');
    const wrong = await inPostgres.run(['up']);
    expect(wrong.stderr).toMatch(/keeps its log in EventStoreDB/);
  });

  it('and back to Postgres: what is there stays, what is new follows', async () => {
    const { code, stderr } = await inEventStoreDB.run([
      'store',
      'copy',
      '--from',
      node.url,
      '--to',
      'database',
    ]);
    expect(stderr).toContain('events are the same in both logs');
    expect(code).toBe(0);
    expect(await idsInPostgres()).toEqual(idsInEventStoreDB());
    await inPostgres.start();
    expect(await groupsOf(inPostgres)).toEqual([...groups, 'second'].sort());
    expect(await signIn(inPostgres, 'john')).toBe('xak-flow-redirect');
    await expect(createGroup(inPostgres, 'second')).rejects.toThrow('CLAIM_TAKEN');
    await createGroup(inPostgres, 'third');
  });
});
