import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { onStored } from '../../adapters/postgres/outbox.js';
import type { NewDelivery, OutboxLanes } from '../../commands/delivery-ports.js';
import { startProduct, type Product } from '../support/product.js';

const reactor = 'a reactor';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());
beforeEach(async () => {
  await sql`delete from outbox.delivery where reactor = ${reactor}`.execute(product.core.db);
  await sql`delete from outbox.memory where reactor = ${reactor}`.execute(product.core.db);
  await sql`insert into outbox.reactor (name, position) values (${reactor}, 7)
    on conflict (name) do update set position = 7`.execute(product.core.db);
});

const delivery = (lane: string): NewDelivery => ({ id: randomUUID(), lane, reference: { text: lane } });

const waitingIn = async (lane: string): Promise<readonly string[]> => {
  const lanes = await product.core.outbox.openLanes(reactor);
  const found: string[] = [];
  for (let next = await lanes.first(lane); next; next = await lanes.finish(next, 'dropped', 'seen', null))
    found.push(next.id);
  await lanes.close();
  return found;
};

it('stores checkpoint, memory and deliveries together, and gives them to the next step', async () => {
  const { outbox } = product.core;
  const [first, second] = [delivery('lane'), delivery('lane')];
  const dueAt = new Date('2027-03-04T05:06:07.089Z');
  const seen: unknown[] = [];
  const step = (deliveries: readonly NewDelivery[], memory: ReadonlyMap<string, any>) =>
    outbox.advance(reactor, (after, remembered) => {
      seen.push([after, Object.fromEntries(remembered)]);
      return Promise.resolve({ position: after + 1n, deliveries, memory });
    });
  await step([first, second], new Map([['rule', { state: { count: 2 }, dueAt }]]));
  await step([first], new Map([['other', { state: {}, dueAt: null }]]));
  await step([], new Map([['rule', null]]));
  await step([], new Map());
  const rule = { state: { count: 2 }, dueAt };
  const other = { state: {}, dueAt: null };
  expect(seen).toEqual([
    [7n, {}],
    [8n, { rule }],
    [9n, { rule, other }],
    [10n, { other }],
  ]);
  expect(await waitingIn('lane')).toEqual([first.id, second.id]);
});

it.each([
  ['has moved the checkpoint', 8n],
  ['has remembered something only', 7n],
])('stores nothing of a step when another process was quicker and %s', async (_what, position) => {
  const { outbox } = product.core;
  const [quick, slow] = [delivery('lane'), delivery('lane')];
  const memory = (by: string) => new Map([['rule', { state: { by }, dueAt: null }]]);
  const outcome = await outbox.advance(reactor, async () => {
    expect(
      await outbox.advance(reactor, () =>
        Promise.resolve({ position, deliveries: [quick], memory: memory('quick') }),
      ),
    ).toBe('advanced');
    return { position: 9n, deliveries: [slow], memory: memory('slow') };
  });
  expect(outcome).toBe('busy');
  await outbox.advance(reactor, (after, remembered) => {
    expect(after).toBe(position);
    expect(remembered.get('rule')?.state).toEqual({ by: 'quick' });
    return Promise.resolve(null);
  });
  expect(await waitingIn('lane')).toEqual([quick.id]);
});

it('tells those who deliver for the reactor of each lane that has something new', async () => {
  const { outbox, notifications } = product.core;
  const woken: (string | undefined)[] = [];
  const others: unknown[] = [];
  const ends = [
    onStored(notifications, reactor, (lane) => woken.push(lane)),
    onStored(notifications, 'another', (lane) => others.push(lane)),
  ];
  await outbox.advance(reactor, (after) =>
    Promise.resolve({
      position: after,
      deliveries: [delivery('left'), delivery('right lane'), delivery('left')],
    }),
  );
  await expect.poll(() => [...woken].sort()).toEqual(['left', 'right lane']);
  notifications.emit('muniment_outbox');
  expect(woken.at(-1)).toBeUndefined();
  expect(others).toEqual([undefined]);
  for (const end of ends) end();
});

it('gives the next delivery of a lane when one is finished, if it is due', async () => {
  const { outbox } = product.core;
  const deliveries = [delivery('lane'), delivery('other'), delivery('lane'), delivery('lane')];
  await outbox.advance(reactor, (position) => Promise.resolve({ position, deliveries }));
  const lanes: OutboxLanes = await outbox.openLanes(reactor);
  const first = await lanes.first('lane');
  expect(first?.id).toBe(deliveries[0]!.id);
  const second = await lanes.finish(first!, 'delivered', null, { status: 204, latencyMs: 1 });
  expect(second?.id).toBe(deliveries[2]!.id);
  await lanes.retry(deliveries[3]!.id, 60_000, 'not yet', { status: 503, latencyMs: 1 });
  expect(await lanes.finish(second!, 'delivered', null, { status: 204, latencyMs: 1 })).toBeNull();
  await lanes.close();
});
