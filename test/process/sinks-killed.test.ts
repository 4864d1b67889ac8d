import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { Installation } from '../support/process.js';
import { adminToken } from '../support/product.js';
import { Receiver, type Received } from '../support/receiver.js';

const filter = {
  all: [
    { field: 'action', is: ['model_created'] },
    { field: 'target.type', is: ['group'] },
  ],
};

let installation: Installation;
let receiver: Receiver;
let client: Client;
let sinkId: string;

const until = async (condition: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> => {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it did not come about: ${installation.output}`);
    await delay(20);
  }
};

beforeAll(async () => {
  receiver = await Receiver.start();
  installation = await Installation.create({
    MUNIMENT_BOOTSTRAP_PASSWORD: 'a long enough password',
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    MUNIMENT_OUTBOUND_ALLOW: receiver.target,
    MUNIMENT_LOG_LEVEL: 'error',
  });
  await installation.start();
  client = new Client(installation.baseUrl);
  const { createHttpSink } = await client.admin(
    'mutation($i: CreateHttpSinkInput!) { createHttpSink(input: $i) { httpSink { id } } }',
    { i: { name: 'siem', url: receiver.url('/sink'), filter, batchCount: 3, batchSeconds: 0 } },
  );
  sinkId = createHttpSink.httpSink.id;
  const { groups } = await client.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
  const { createNotificationTransport } = await client.admin(
    'mutation($i: CreateNotificationTransportInput!) { createNotificationTransport(input: $i) { notificationTransport { id } } }',
    { i: { name: 'hook', mode: 'webhook', webhookUrl: receiver.url('/hook'), sendOnce: true } },
  );
  await client.admin(
    'mutation($i: CreateNotificationRuleInput!) { createNotificationRule(input: $i) { position } }',
    {
      i: {
        name: 'groups',
        when: filter,
        transports: [createNotificationTransport.notificationTransport.id],
        destinationGroup: groups.nodes[0].id,
      },
    },
  );
});
afterAll(async () => {
  await installation.destroy();
  await receiver.stop();
});

const takeIt = (response: ServerResponse): void => {
  response.writeHead(200).end();
};

/** Ways in which a receiver fails; after some of them it has what it was sent, and the product does not know. */
const waysToFail: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'resets the connection': (response) => response.socket?.resetAndDestroy(),
  hangs: () => undefined,
  'answers 500': (response) => response.writeHead(500).end(),
  'answers 429': (response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  'answers half': (response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('half');
    setTimeout(() => response.socket?.destroy(), 10);
  },
  'is slow': (response) => setTimeout(takeIt, 400, response),
};

let groups = 0;

/** Makes groups one after the other until told to stop; what a killed server made of one, the log tells. */
const keepMaking = (): (() => Promise<void>) => {
  let going = true;
  const making = (async () => {
    while (going) {
      await client
        .admin('mutation($n: String!) { createGroup(input: { name: $n }) { position } }', {
          n: `group ${String((groups += 1)).padStart(4, '0')}`,
        })
        .catch(() => delay(100));
      await delay(10);
    }
  })();
  return async () => {
    going = false;
    await making;
  };
};

/** Names of the groups that the log has, in its order. */
const inLog = async (): Promise<string[]> => {
  const names: string[] = [];
  for (let after: string | null = null; ;) {
    const { auditEntries } = await client.admin(
      `query($after: String) { auditEntries(first: 100, after: $after, filter: { query: "action = model_created and target.type = group" }) {
        nodes { targetLabel } endCursor hasNextPage } }`,
      { after },
    );
    for (const { targetLabel } of auditEntries.nodes)
      if (/^group \d/.test(targetLabel)) names.unshift(targetLabel);
    if (!auditEntries.hasNextPage) return names;
    after = auditEntries.endCursor;
  }
};

interface Arrival {
  readonly id: string;
  readonly name: string;
}
const atSink = (): Arrival[] =>
  receiver
    .at('/sink')
    .flatMap(({ body }) => JSON.parse(body) as { id: string; target: { label: string } }[])
    .map(({ id, target }) => ({ id, name: target.label }));
const atHook = (): Arrival[] =>
  receiver.at('/hook').map(({ id, body }) => ({ id, name: JSON.parse(body).event.target.label as string }));

/** Under the same id stands the same, and under another id another. */
const expectOneIdEach = (arrivals: readonly Arrival[]): void => {
  const ids = new Map<string, string>();
  for (const { id, name } of arrivals) {
    expect(ids.get(name) ?? id).toBe(id);
    ids.set(name, id);
  }
  expect(new Set(ids.values()).size).toBe(ids.size);
};
const expectSameBytes = (requests: readonly Received[]): void => {
  const bodies = new Map<string, string>();
  for (const { id, body } of requests) {
    expect(bodies.get(id) ?? body).toBe(body);
    bodies.set(id, body);
  }
};

it('R5: killed again and again in the middle of deliveries to a receiver that fails in every way: nothing is missing, in order, one id each', async () => {
  for (const fail of [null, ...Object.values(waysToFail)]) {
    const before = receiver.requests.length;
    if (fail) receiver.behave = (_request, response) => fail(response);
    else await receiver.stop();
    const stop = keepMaking();
    if (fail) await until(() => receiver.requests.length > before);
    else await delay(300);
    await delay(Math.random() * 300);
    await installation.signal('SIGKILL');
    if (!fail) await receiver.open();
    receiver.behave = (_request, response) => setTimeout(takeIt, 20, response);
    await installation.start();
    await stop();
  }
  await client.admin('mutation($id: ID!) { resumeSink(id: $id) { position } }', { id: sinkId });
  const expected = await inLog();
  expect(expected.length).toBeGreaterThan(20);
  const firsts = (arrivals: readonly Arrival[]): string[] => [...new Set(arrivals.map(({ name }) => name))];
  await until(
    () => firsts(atSink()).length === expected.length && firsts(atHook()).length === expected.length,
  );
  expect(firsts(atSink())).toEqual(expected);
  expect(firsts(atHook())).toEqual(expected);
  expect(atSink().length).toBeGreaterThan(expected.length);
  expectOneIdEach(atSink());
  expectOneIdEach(atHook());
  expectSameBytes(receiver.at('/sink'));
  await until(async () => {
    const { sinkStatuses, auditEntries } = await client.admin(
      'query($id: ID!) { sinkStatuses(id: $id) { lagEntries live { position attempts } } auditEntries(first: 1) { nodes { position } } }',
      { id: sinkId },
    );
    const { lagEntries, live } = sinkStatuses[0];
    return lagEntries === 0 && live.attempts === 0 && live.position === auditEntries.nodes[0].position;
  });
}, 240_000);
