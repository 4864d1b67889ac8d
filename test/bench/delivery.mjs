// Goal 14: from an event to the webhook, beside a bare commit, NOTIFY, job queue and POST at the same pace.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { request } from 'undici';
import { RedisServer } from '../support/redis-server.mjs';
import { adminApi } from '../../bin/demo/admin-api.mjs';
import { median, now, quantile } from './measure.mjs';
import { startProduct, token } from './product.mjs';

const perSecond = 100;
const lostAfterSeconds = 20;

/**
 * Receives posts; remembers for each key how long after its event it arrived first. The body says when the event was: the
 * product's in whole milliseconds.
 */
const startReceiver = async () => {
  const waits = new Map();
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const [arrived, time] = [performance.now(), Date.now()];
    const { at, event } = JSON.parse(text);
    const waited = at === undefined ? time - Date.parse(event.created) : arrived - at;
    for (const [key] of text.matchAll(/bench-\d+/g)) if (!waits.has(key)) waits.set(key, waited);
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return { waits, port, url: `http://localhost:${port}/`, close: () => server.close() };
};

let count = 0;

/** Causes events at a steady pace and waits for what they cause: milliseconds from event to arrival. */
const paced = async (receiver, seconds, cause) => {
  const keys = [];
  const running = [];
  const start = now();
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const key = `bench-${(count += 1)}`;
    keys.push(key);
    running.push(cause(key));
    await delay(Math.max(0, (start + (n + 1) / perSecond - now()) * 1000));
  }
  await Promise.all(running);
  const rate = keys.length / (now() - start);
  const deadline = now() + lostAfterSeconds;
  while (keys.some((key) => !receiver.waits.has(key)) && now() < deadline) await delay(20);
  const waits = keys.map((key) => receiver.waits.get(key) ?? Infinity);
  return { p50Ms: median(waits), p99Ms: quantile(waits, 0.99), rate };
};

const startBare = async (connection, url) => {
  const [writer, listener] = [new pg.Pool({ ...connection, max: 4 }), new pg.Client(connection)];
  const redis = await RedisServer.start();
  const [adding, taking] = [1, 2].map(() => new Redis(redis.url, { maxRetriesPerRequest: null }));
  const queue = new Queue('bare', {
    connection: adding,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const post = async ({ data }) => {
    const { body } = await request(url, { method: 'POST', body: data });
    await body.dump();
  };
  const worker = new Worker('bare', post, { connection: taking, concurrency: 16 });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  await listener.connect();
  await writer.query('create table bare_event (position bigserial primary key, data text)');
  listener.on('notification', ({ payload }) => {
    void queue.add('post', payload);
  });
  await listener.query('listen bare');
  return {
    cause: (key) =>
      writer.query({
        name: 'bare',
        text: "with new as (insert into bare_event (data) values ($1)) select pg_notify('bare', $1)",
        values: [JSON.stringify({ key, at: performance.now() })],
      }),
    close: async () => {
      await worker.close();
      await queue.close();
      for (const connection of [adding, taking]) connection.disconnect();
      await redis.kill();
      await writer.end();
      await listener.end();
    },
  };
};

export const name = 'delivery';
export const goals = [
  { goal: '14', figure: 'event to webhook, p50', unit: 'times the floor', most: 3 },
  { goal: '14', figure: 'event to webhook, p99', unit: 'times the floor', most: 5 },
];

export const run = async ({ postgres, rounds, seconds }) => {
  const receiver = await startReceiver();
  const bare = await startBare(await postgres.database('bare'), receiver.url);
  const product = await startProduct({
    DATABASE_URL: postgres.url(await postgres.database('product')),
    MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
    MUNIMENT_DATA_DIR: postgres.folder,
    MUNIMENT_OUTBOUND_ALLOW: `localhost:${receiver.port}`,
  });
  try {
    const api = adminApi({ baseUrl: product.origin, token });
    const { createNotificationTransport } = await api(
      'mutation ($input: CreateNotificationTransportInput!) { createNotificationTransport(input: $input) { notificationTransport { id } } }',
      {
        input: {
          name: 'bench',
          mode: 'webhook',
          webhookUrl: receiver.url,
          webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
          sendOnce: true,
        },
      },
    );
    const { groups } = await api('{ groups(first: 1) { nodes { id } } }');
    await api(
      'mutation ($input: CreateNotificationRuleInput!) { createNotificationRule(input: $input) { position } }',
      {
        input: {
          name: 'bench',
          when: { field: 'target.type', is: ['role'] },
          transports: [createNotificationTransport.notificationTransport.id],
          destinationGroup: groups.nodes[0].id,
        },
      },
    );
    const createRole = (role) =>
      api('mutation ($name: String!) { createRole(input: { name: $name }) { position } }', { name: role });
    const seen = { floor: [], product: [] };
    for (let round = 0; round < rounds + 1; round += 1) {
      seen.floor.push(await paced(receiver, seconds, bare.cause));
      seen.product.push(await paced(receiver, seconds, createRole));
    }
    // The first round warms up.
    const at = (who, figure) => median(seen[who].slice(1).map((round) => round[figure]));
    const times = (figure) => at('product', figure) / at('floor', figure);
    return [
      {
        scenario: 'deliver (floor)',
        rate: at('floor', 'rate'),
        p50Ms: at('floor', 'p50Ms'),
        p99Ms: at('floor', 'p99Ms'),
      },
      {
        scenario: 'event to webhook',
        rate: at('product', 'rate'),
        p50Ms: at('product', 'p50Ms'),
        p99Ms: at('product', 'p99Ms'),
      },
      { scenario: 'event to webhook, p50', value: times('p50Ms'), unit: 'times the floor' },
      { scenario: 'event to webhook, p99', value: times('p99Ms'), unit: 'times the floor' },
    ];
  } finally {
    await product.stop();
    await bare.close();
    receiver.close();
  }
};
