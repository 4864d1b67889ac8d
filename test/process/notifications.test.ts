import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken } from '../support/product.js';
import { Client } from '../support/client.js';
import { Installation } from '../support/process.js';
import { Receiver } from '../support/receiver.js';

const password = 'a long enough password';
const waitMs = 60_000;

let installation: Installation;
let receiver: Receiver;
let client: Client;

const created: string[] = [];
const createGroup = async (): Promise<void> => {
  const name = `group ${String(created.length).padStart(3, '0')}`;
  await client.admin('mutation($n: String!) { createGroup(input: { name: $n }) { position } }', { n: name });
  created.push(name);
};

/** Names of the created groups in the order in which they came, and under which id each came. */
const arrivals = (): { name: string; id: string }[] =>
  receiver.at('/sink').map(({ id, body }) => ({ id, name: JSON.parse(body).event.target.label as string }));

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + waitMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it did not come about: ${installation.output}`);
    await delay(10);
  }
};
const allArrived = (): boolean => {
  const names = new Set(arrivals().map(({ name }) => name));
  return created.every((name) => names.has(name));
};

beforeAll(async () => {
  receiver = await Receiver.start();
  installation = await Installation.create({
    MUNIMENT_BOOTSTRAP_PASSWORD: password,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    MUNIMENT_OUTBOUND_ALLOW: receiver.target,
    MUNIMENT_LOG_LEVEL: 'error',
  });
  await installation.start();
  client = new Client(installation.baseUrl);
  const { groups } = await client.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
  const { createNotificationTransport } = await client.admin(
    'mutation($i: CreateNotificationTransportInput!) { createNotificationTransport(input: $i) { notificationTransport { id } } }',
    { i: { name: 'sink', mode: 'webhook', webhookUrl: receiver.url('/sink'), sendOnce: true } },
  );
  await client.admin(
    'mutation($i: CreateNotificationRuleInput!) { createNotificationRule(input: $i) { position } }',
    {
      i: {
        name: 'groups',
        when: {
          all: [
            { field: 'action', is: ['model_created'] },
            { field: 'target.type', is: ['group'] },
          ],
        },
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

describe('R5: kill -9 of the product', () => {
  it('between a match and its delivery loses nothing and keeps the order', async () => {
    let answering = false;
    receiver.behave = (_request, response) => {
      if (answering) response.writeHead(204).end();
    };
    for (let n = 0; n < 5; n += 1) await createGroup();
    // The first is at the receiver, unanswered; the others wait behind it.
    await until(() => receiver.at('/sink').length > 0);
    await installation.signal('SIGKILL');
    expect(arrivals().map(({ name }) => name)).toEqual(['group 000']);
    answering = true;
    await installation.start();
    await until(allArrived);
    expect(arrivals().map(({ name }) => name)).toEqual(['group 000', ...created]);
    const [first, second] = arrivals();
    expect(first!.id).toBe(second!.id);
  });

  it('at any moment, and of Postgres with it: each arrives once or more, in order, under one id', async () => {
    receiver.behave = (_request, response) => {
      setTimeout(() => response.writeHead(204).end(), 5);
    };
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 6; n += 1) await createGroup();
      await delay(Math.random() * 60);
      if (round === 3) process.kill(installation.postmaster, 'SIGKILL');
      await installation.signal('SIGKILL');
      await installation.start();
    }
    await until(allArrived);
    const firsts = new Map<string, string>();
    for (const { name, id } of arrivals()) {
      if (!firsts.has(name)) firsts.set(name, id);
      expect(firsts.get(name)).toBe(id);
    }
    expect([...firsts.keys()]).toEqual(created);
    expect(new Set(firsts.values()).size).toBe(created.length);
    // A repetition stands right behind the first: nothing later had left before it was acknowledged.
    const order = arrivals().map(({ name }) => name);
    expect(order).toEqual([...order].sort());
  });

  it('stops quickly on SIGTERM while the receiver keeps it waiting', async () => {
    receiver.behave = () => undefined;
    const before = receiver.at('/sink').length;
    await createGroup();
    await until(() => receiver.at('/sink').length > before);
    const since = Date.now();
    expect(await installation.signal('SIGTERM')).toBe(0);
    expect(Date.now() - since).toBeLessThan(5000);
  });
});
