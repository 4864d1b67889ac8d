import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../chaos/cluster.mjs';
import { obstacle } from '../chaos/faults.mjs';
import { modes, Proxy } from '../chaos/proxy.mjs';
import { Server } from '../chaos/server.mjs';
import { Client, type Answer } from '../support/client.js';
import { freePort } from '../../bin/free-port.mjs';
import { adminToken } from '../support/product.js';

/** Longest time that a refusal may take here; what is promised holds for a machine without other work. */
const refusalMs = 10_000;
const recoveryMs = 20_000;
const noDisk = obstacle('disk');

let folder: string;
let cluster: Cluster;
let proxy: Proxy;
let server: Server;
let client: Client;
let connections: number;
let handles: number;

const authorization = { authorization: `Bearer ${adminToken}` };
let number = 0;
const create = (): Promise<Answer> =>
  client.graphql(
    'mutation($u: String!) { createUser(input: { username: $u }) { position } }',
    { u: `user-${String((number += 1))}` },
    authorization,
  );
const read = (): Promise<Answer> => client.graphql('{ users(first: 1) { totalCount } }', {}, authorization);
const openFlow = (): Promise<Answer> =>
  new Client(server.origin).request('GET', '/api/v3/flows/executor/default-authentication-flow/?query=');
const works = async (): Promise<boolean> =>
  (await create()).body.data?.createUser != null &&
  (await read()).status === 200 &&
  (await openFlow()).status === 200;

/** A clear refusal, and nothing about how the product is built. */
const expectRefusal = (answer: Answer, code = 'DEPENDENCY_UNAVAILABLE'): void => {
  const told = (answer.body.errors?.[0]?.extensions?.code ?? answer.body.code) as string;
  expect([answer.status, told], answer.text).toEqual([503, code]);
  expect(answer.text).not.toMatch(/node_modules|\.js:\d+|select |insert /);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muniment-dependencies-'));
  cluster = new Cluster({ folder, port: await freePort(), ownDisk: noDisk === null });
  await cluster.create(folder);
  proxy = await Proxy.open({ host: '127.0.0.1', port: cluster.port });
  server = new Server({
    name: 'server',
    folder,
    ports: { http: await freePort(), https: await freePort() },
    environment: {
      DATABASE_URL: cluster.url(proxy.port),
      MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
      MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    },
  });
  await server.start();
  client = new Client(server.origin);
  await Promise.all(Array.from({ length: 20 }, () => works()));
  connections = await cluster.connections();
  handles = server.handles();
});
afterAll(async () => {
  await server.end('SIGKILL');
  await proxy.close();
  await cluster.destroy();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

describe('R10: the way to Postgres', () => {
  it.each(modes.filter((mode) => !/^(delay|rate|reset)/.test(mode)))(
    '%s: refusals are clear and come in time, and it works again by itself',
    async (mode) => {
      await proxy.set(mode);
      if (mode === 'halfopen') proxy.cutNow();
      const since = performance.now();
      const answers = await Promise.all([create(), read(), openFlow()]);
      expect(performance.now() - since).toBeLessThan(refusalMs);
      for (const answer of answers) expectRefusal(answer);
      await proxy.heal();
      await expect.poll(works, { timeout: recoveryMs, interval: 100 }).toBe(true);
    },
  );

  it.each(modes.filter((mode) => /^(delay|rate|reset)/.test(mode)))(
    '%s: each answer is a result or a clear refusal',
    async (mode) => {
      await proxy.set(mode);
      for (const answer of await Promise.all([create(), read(), openFlow(), create(), read()]))
        if (answer.status !== 200)
          expectRefusal(answer, answer.body.errors?.[0]?.extensions?.code ?? answer.body.code);
      await proxy.heal();
      await expect.poll(works, { timeout: recoveryMs, interval: 100 }).toBe(true);
    },
  );
});

describe('R9: Postgres', () => {
  it.each(['SIGINT', 'SIGQUIT', 'SIGKILL'] as const)(
    'restarted (%s): it works again by itself',
    async (signal) => {
      const { pid } = server;
      await cluster.end(signal);
      expectRefusal(await create());
      await cluster.start();
      await expect.poll(works, { timeout: recoveryMs, interval: 100 }).toBe(true);
      expect([server.pid, server.deaths]).toEqual([pid, []]);
    },
  );

  it('nothing of the lost connections is left', async () => {
    await Promise.all(Array.from({ length: 20 }, () => works()));
    expect(await cluster.connections()).toBeLessThanOrEqual(connections + 5);
    await expect.poll(() => server.handles(), { timeout: 20_000 }).toBeLessThanOrEqual(handles + 15);
  });
});

describe('R11: a Postgres that stands still', () => {
  it('is treated as away; what does not need it is answered', async () => {
    cluster.freeze();
    try {
      const changes = [create(), read(), openFlow()];
      const since = performance.now();
      const live = await Promise.all([
        client.request('GET', '/-/health/live/'),
        client.request('GET', '/-/health/ready/'),
      ]);
      expect(live.map(({ status }) => status)).toEqual([200, 200]);
      expect(performance.now() - since).toBeLessThan(2000);
      for (const answer of await Promise.all(changes)) expectRefusal(answer);
    } finally {
      cluster.thaw();
    }
    await expect.poll(works, { timeout: recoveryMs, interval: 100 }).toBe(true);
  });
});

describe.skipIf(noDisk !== null)('R12: a full disk', () => {
  it('is named, loses nothing that was acknowledged, and needs no restart of the product', async () => {
    const { pid } = server;
    const before = (await cluster.query('select count(*)::int as n from es.event'))[0].n as number;
    cluster.fillDisk();
    let acknowledged = 0;
    let told: string | null = null;
    for (let n = 0; told === null; n += 1) {
      const answer = await create();
      if (answer.status === 200) acknowledged += 1;
      else told = answer.body.errors[0].extensions.code as string;
      expect(n).toBeLessThan(5000);
    }
    expect(['STORAGE_FULL', 'DEPENDENCY_UNAVAILABLE']).toContain(told);
    cluster.freeDisk();
    if (!cluster.running) await cluster.start();
    await expect.poll(works, { timeout: recoveryMs, interval: 100 }).toBe(true);
    expect(server.pid).toBe(pid);
    const after = (await cluster.query('select count(*)::int as n from es.event'))[0].n as number;
    expect(after - before).toBeGreaterThanOrEqual(acknowledged + 1);
  });
});
