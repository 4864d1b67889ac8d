import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { restoreObjectCommand } from '../../commands/history/restore-object.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { pauseSinkCommand } from '../../commands/sink/pause-sink.js';
import { resumeSinkCommand } from '../../commands/sink/resume-sink.js';
import type { Model } from '../../domain/kernel/model.js';
import { httpSink } from '../../domain/sink/http/model.js';
import { splunkHecSink } from '../../domain/sink/splunk-hec/model.js';
import type { SinkWorkers } from '../../workers/sink/start-sinks.js';
import { tendSinks } from '../../workers/sink/tend-sinks.js';
import { watchBlockingSinks } from '../../workers/sink/watch-blocking-sinks.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';
import { caughtUp, createSink, HandClock, happen, runOf, workSinks } from '../support/sinks.js';

const day = 24 * 60 * 60_000;
const patient = { timeout: 15_000, interval: 25 };
const filter = { field: 'reason', is: ['sink_test'] };

let product: Product;
let receiver: Receiver;
let workers: SinkWorkers | null = null;
let path = '';
let paths = 0;

beforeAll(async () => {
  receiver = await Receiver.start();
  product = await startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target });
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
});
beforeEach(() => {
  path = `/rest-${String(++paths)}`;
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
});
afterEach(async () => {
  await workers?.stop();
  workers = null;
});

const sink = (values: Record<string, unknown> = {}): Promise<string> =>
  createSink(product, httpSink, { url: receiver.url(path), filter, ...values });
const remove = (id: string, model: Model<any> = httpSink): Promise<unknown> =>
  product.run(deleteModelCommand(model as Model), { id });
const valuesOf = (id: string): Readonly<Record<string, unknown>> =>
  product.core.ports.config.byId(id)!.values;
const rowsOf = async (table: string, id: string): Promise<number> => {
  const { rows } = await product.core.pool.query(
    `select count(*)::int as n from sink.${table} where sink_id = $1`,
    [id],
  );
  return rows[0].n as number;
};

describe('a sink whose secret is lost', () => {
  it('rests after it was restored, says why, and goes on when it was entered', async () => {
    const id = await sink({ signingSecret: 'a secret to sign with' });
    await remove(id);
    await product.run(restoreObjectCommand, { category: 'sink', id });
    expect(valuesOf(id)).toMatchObject({
      state: 'paused',
      stateReason: 'It was restored without its secrets. Enter again and resume: signingSecret.',
    });
    workers = workSinks(product);
    await happen(product, '1');
    workers.onNews();
    expect(receiver.at(path)).toEqual([]);
    await product.run(changeModelCommand(httpSink as unknown as Model), {
      id,
      values: { signingSecret: 'another secret' },
    });
    await product.run(resumeSinkCommand, { id });
    workers.onNews();
    await caughtUp(product, id);
    expect(receiver.at(path)[0]!.headers['webhook-signature']).toMatch(/^v1,/);
    expect(valuesOf(id)).toMatchObject({ state: 'active', stateReason: null });
    await remove(id);
  });

  it('is not resumed before each is entered or set to null, so that nothing leaves unsigned by mistake', async () => {
    const id = await sink({ signingSecret: 'a secret to sign with', bearerToken: 'a token' });
    await remove(id);
    await product.run(restoreObjectCommand, { category: 'sink', id });
    const resume = (): Promise<unknown> => product.run(resumeSinkCommand, { id });
    const change = (values: Record<string, unknown>): Promise<unknown> =>
      product.run(changeModelCommand(httpSink as unknown as Model), { id, values });
    const refusedFor = (path: string): object => ({ code: 'INVALID_INPUT', fields: [{ path }] });
    await expect(resume()).rejects.toMatchObject(refusedFor('signingSecret'));
    await change({ batchCount: 7, signingSecret: 'another secret' });
    await expect(resume()).rejects.toMatchObject(refusedFor('bearerToken'));
    await change({ bearerToken: null });
    await resume();
    expect(valuesOf(id)).toMatchObject({ state: 'active', bearerToken: null, lostSecrets: [] });
    await remove(id);
  });

  it('is not resumed without a secret that it cannot do without', async () => {
    const id = await createSink(product, splunkHecSink, { url: receiver.url(path), token: 'a token' });
    await remove(id, splunkHecSink);
    await product.run(restoreObjectCommand, { category: 'sink', id });
    await expect(product.run(resumeSinkCommand, { id })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'token' }],
    });
    await remove(id, splunkHecSink);
  });

  it('comes back resting no more than it did when it had none', async () => {
    const id = await sink();
    await remove(id);
    await product.run(restoreObjectCommand, { category: 'sink', id });
    expect(valuesOf(id)).toMatchObject({ state: 'active', stateReason: null });
    await remove(id);
  });

  it('sends nothing unsigned when the vault has lost it', async () => {
    const id = await sink({ signingSecret: 'a secret to sign with' });
    await product.core.pool.query('delete from es.vault where ref = $1', [
      (valuesOf(id)['signingSecret'] as { ref: string }).ref,
    ]);
    workers = workSinks(product);
    await happen(product, '1');
    await vi.waitFor(async () => {
      expect((await runOf(product, id))?.failure).toBe(
        'Nothing was sent: a secret of the sink is lost, enter it again.',
      );
    }, patient);
    expect(receiver.at(path)).toEqual([]);
    await remove(id);
  });
});

it('R5: makes rows again that a crash of the database has lost, and goes on', async () => {
  const id = await sink();
  workers = workSinks(product);
  await happen(product, '1');
  await caughtUp(product, id);
  // As after a crash: what was committed last is gone, and every connection with it.
  await product.core.pool.query('delete from sink.cursor where sink_id = $1', [id]);
  await product.core.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'muniment deliver' and datname = current_database()`,
  );
  await happen(product, '2');
  await vi.waitFor(() => {
    expect(receiver.at(path).flatMap(({ body }) => JSON.parse(body) as unknown[])).toHaveLength(3);
  }, patient);
  await caughtUp(product, id);
  await remove(id);
});

it('what a deleted sink has left stays until nobody can restore it, so that it goes on where it stopped', async () => {
  const clock = new HandClock();
  const ports = { ...product.core.ports, clock };
  const id = await sink();
  workers = workSinks(product);
  await happen(product, '1');
  await caughtUp(product, id);
  await remove(id);
  clock.advance(29 * day);
  await tendSinks(ports);
  expect(await rowsOf('cursor', id)).toBe(1);
  await product.run(restoreObjectCommand, { category: 'sink', id });
  await happen(product, '2');
  workers.onNews();
  await caughtUp(product, id);
  expect(receiver.at(path)).toHaveLength(2);
  clock.advance(40 * day);
  await tendSinks(ports);
  expect(await rowsOf('cursor', id)).toBe(1);
  await remove(id);
  clock.advance(31 * day);
  await tendSinks(ports);
  for (const table of ['cursor', 'dead_letter', 'sample']) expect(await rowsOf(table, id)).toBe(0);
});

it('tells how a sink stood over the last hours', async () => {
  const clock = new HandClock();
  const id = await sink();
  workers = workSinks(product);
  await happen(product, '1', '2');
  await caughtUp(product, id);
  await tendSinks({ ...product.core.ports, clock });
  await product.run(pauseSinkCommand, { id });
  await happen(product, '3');
  clock.advance(60_000);
  await tendSinks({ ...product.core.ports, clock });
  const client = new Client(product.baseUrl);
  const { sinkSamples } = await client.admin(
    'query($id: ID!) { sinkSamples(id: $id, hours: 1) { delivered lagEntries lagSeconds } }',
    { id },
  );
  expect(sinkSamples[0]).toEqual({ delivered: '2', lagEntries: 0, lagSeconds: 0 });
  expect(sinkSamples[1].delivered).toBe('2');
  expect(sinkSamples[1].lagEntries).toBeGreaterThan(0);
  clock.advance(2 * day);
  await tendSinks({ ...product.core.ports, clock });
  expect(await rowsOf('sample', id)).toBe(1);
  await remove(id);
});

it('a sink that waits for its next attempt tries at once when it is resumed', async () => {
  receiver.behave = (_request, response) => {
    response.writeHead(429, { 'retry-after': '3000' }).end();
  };
  const id = await sink();
  workers = workSinks(product);
  await happen(product, '1');
  await vi.waitFor(async () => {
    expect((await runOf(product, id))?.attempts).toBe(1);
  }, patient);
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
  await product.run(resumeSinkCommand, { id });
  workers.onResumed([id]);
  await caughtUp(product, id);
  expect((await runOf(product, id))?.attempts).toBe(0);
  await remove(id);
});

it('holds up changes by administrators while a blocking sink is behind, and neither sign-ins nor what mends it', async () => {
  receiver.behave = (_request, response) => {
    response.writeHead(500).end();
  };
  const client = new Client(product.baseUrl);
  const name = 'the auditors';
  const id = await sink({ name, blocking: true, maxLagSeconds: 5 });
  const watch = watchBlockingSinks(product.core.ports);
  workers = workSinks(product);
  await happen(product, '1');
  const create = (group: string): Promise<unknown> =>
    client.admin('mutation($n: String!) { createGroup(input: { name: $n }) { position } }', { n: group });
  await create('before');
  const visitorId = await createPerson(product, 'visitor');
  await new Client(product.baseUrl).login('visitor', password);
  await vi.waitFor(() => {
    expect(product.core.ports.sinks.blockade.sink).toBe(name);
  }, patient);
  await expect(create('meanwhile')).rejects.toThrow('AUDIT_SINK_BLOCKED');
  await expect(create('meanwhile')).rejects.toThrow(name);
  // People sign in, pages are read, and what is not asked for by an administrator goes on.
  const person = new Client(product.baseUrl);
  expect((await person.login('akadmin', adminPassword)).body.component).toBe('xak-flow-redirect');
  await client.admin('{ groups { totalCount } }');
  await happen(product, '2');
  // Taking out what happened, and what people do with what is their own, does not wait; with what is others' it does.
  expect((await person.request('GET', '/api/audit/export?format=csv')).status).toBe(200);
  const ask = async (query: string): Promise<any> => (await person.graphql(query)).body;
  const sessionOf = async (userId: string): Promise<string> =>
    (await client.admin(`{ user(id: "${userId}") { sessions { id } } }`)).user.sessions[0].id as string;
  const { me } = (await ask('{ me { user { id } } }')).data;
  const changes = async (userId: string): Promise<any[]> => [
    await ask(`mutation { setPassword(userId: "${userId}", password: "${adminPassword}") { position } }`),
    await ask(`mutation { endSession(sessionId: "${await sessionOf(userId)}") { position } }`),
  ];
  for (const { errors } of await changes(visitorId))
    expect(errors[0].extensions.code).toBe('AUDIT_SINK_BLOCKED');
  expect((await ask('mutation { markNotificationsUnseen(ids: []) { count } }')).errors).toBeUndefined();
  for (const { errors } of await changes(me.user.id as string)) expect(errors).toBeUndefined();
  await client.admin(
    'mutation($id: ID!) { updateHttpSink(id: $id, input: { maxLagSeconds: 6 }) { position } }',
    { id },
  );
  await client.admin('mutation($id: ID!) { pauseSink(id: $id) { position } }', { id });
  watch.wake();
  await vi.waitFor(() => {
    expect(product.core.ports.sinks.blockade.sink).toBeNull();
  }, patient);
  await create('after');
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
  await client.admin('mutation($id: ID!) { resumeSink(id: $id) { position } }', { id });
  workers.onResumed([id]);
  await caughtUp(product, id);
  watch.wake();
  await vi.waitFor(() => {
    expect(product.core.ports.sinks.blockade.sink).toBeNull();
  }, patient);
  await create('at last');
  await watch.stop();
  await remove(id);
}, 60_000);
