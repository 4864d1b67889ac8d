import { sql } from 'kysely';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditSchema } from '../../projections/audit/table.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../support/client.js';
import { NotificationStage } from '../support/notification-stage.js';
import type { Product } from '../support/product.js';
import type { Receiver } from '../support/receiver.js';

let stage: NotificationStage;
let product: Product;
let receiver: Receiver;
let api: Client;

const transport = (path: string, values: Record<string, unknown> = {}): Promise<string> =>
  stage.transport(path, { sendOnce: true, ...values });

beforeAll(async () => {
  stage = await NotificationStage.start();
  ({ product, receiver } = stage);
  api = new Client(product.baseUrl);
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.calm();
});

describe('the drawer', () => {
  it('tells what is missing by the name of the rule', async () => {
    const { groups } = await api.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
    const local = await stage.create(notificationTransport, { name: 'drawer', mode: 'local' });
    const { name } = product.core.ports.config.get(
      notificationRule,
      await stage.rule([local], 'never', {
        trigger: 'absence',
        window: 'seconds=1',
        destinationGroup: groups.nodes[0].id,
      }),
    )!.values;
    const notification = await vi.waitFor(
      async () => {
        const { notifications } = await api.admin(
          '{ notifications(first: 20) { nodes { title body auditEntryId severity } } }',
        );
        const found = notifications.nodes.find(({ title }: any) => title === name);
        expect(found).toBeDefined();
        return found;
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(notification).toEqual({
      title: name,
      body: 'Nothing has met this rule for 1 second.',
      auditEntryId: null,
      severity: 'warning',
    });
  });

  it('names the number of what was counted or gathered', async () => {
    const { groups } = await api.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
    const local = await stage.create(notificationTransport, { name: 'numbers', mode: 'local' });
    const destinationGroup = groups.nodes[0].id as string;
    const counted = { trigger: 'count', threshold: 3, window: 'minutes=10', destinationGroup };
    await stage.rule([local], 'guessed', { name: 'somebody guesses', ...counted });
    await stage.rule([local], 'gathered', { name: 'news', digestEvery: 'seconds=1', destinationGroup });
    for (const reason of ['guessed', 'gathered', 'guessed', 'gathered', 'guessed'])
      await stage.happen(reason);
    const told = await vi.waitFor(
      async () => {
        const { notifications } = await api.admin(
          '{ notifications(first: 20) { nodes { title body severity } } }',
        );
        const found = ['somebody guesses', 'news'].map((name) =>
          notifications.nodes.filter(({ title }: any) => title === name),
        );
        expect(found.map(({ length }) => length)).toEqual([1, 1]);
        return found.map(([one]) => one.body as string);
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(told[0]).toMatch(/^3 or more within 10 minutes\. Last: Suspicious request/);
    expect(told[1]).toMatch(/^2 in 1 second\./);
  });
});

describe('the list of deliveries', () => {
  const listQuery = `query ($lane: ID!) { notificationDeliveries(first: 10, transportId: $lane) { totalCount nodes {
    id status kind failure transportName ruleName recipientName auditEntryId attempts { delivered status latencyMs failure } } } }`;
  const list = async (lane: string): Promise<any[]> =>
    (await api.admin(listQuery, { lane })).notificationDeliveries.nodes;
  const ended = (lane: string, status: string): Promise<any> =>
    vi.waitFor(
      async () => {
        const [row] = await list(lane);
        expect(row?.status).toBe(status);
        return row;
      },
      { timeout: 10_000, interval: 50 },
    );

  it('tells each attempt; what was given up is sent again under its id, or skipped, on record', async () => {
    const lane = await transport('/listed');
    await stage.rule([lane], 'listed');
    receiver.behave = (_request, response) => {
      response.writeHead(500).end();
    };
    await stage.happen('listed');
    const parked = await ended(lane, 'parked');
    expect(parked.attempts).toHaveLength(3);
    expect(parked.attempts[0]).toMatchObject({
      delivered: false,
      status: 500,
      failure: 'The receiver answered 500.',
    });
    expect(parked.attempts[0].latencyMs).toBeGreaterThanOrEqual(0);
    receiver.behave = (_request, response) => {
      response.writeHead(204).end();
    };
    await api.admin('mutation ($ids: [ID!]!) { resendNotificationDeliveries(ids: $ids) { count } }', {
      ids: [parked.id],
    });
    const delivered = await ended(lane, 'delivered');
    expect(delivered.attempts).toHaveLength(4);
    expect(delivered.attempts[3]).toMatchObject({ delivered: true, status: 204 });
    expect(new Set(receiver.at('/listed').map(({ id }) => id))).toEqual(new Set([parked.id]));

    receiver.behave = (_request, response) => {
      response.writeHead(400).end();
    };
    await stage.happen('listed');
    const second = await ended(lane, 'parked');
    const skipped = await api.admin(
      'mutation ($ids: [ID!]!) { skipNotificationDeliveries(ids: $ids) { count } }',
      {
        ids: [second.id],
      },
    );
    expect(skipped.skipNotificationDeliveries.count).toBe(1);
    expect((await list(lane))[0]).toMatchObject({
      status: 'dropped',
      failure: 'skipped by an administrator',
    });
    await product.settle();
    const { rows } = await sql<any>`
      select context ->> 'message' as message from ${auditSchema.table('entry')}
       where context ? 'deliveries' order by position`.execute(product.core.db);
    expect(rows.map(({ message }) => message as string)).toEqual([
      '1 notifications were sent again',
      '1 notifications were skipped',
    ]);
  });
});
