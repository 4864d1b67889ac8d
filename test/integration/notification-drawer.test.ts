import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sql } from 'kysely';
import { readSettings } from '../../bin/configuration.js';
import { retentionOf, trimmableInbox, trimmableLog } from '../../bin/retention.js';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { inbox } from '../../projections/inbox/project.js';
import { inboxSchema } from '../../projections/inbox/table.js';
import { trimEventLog } from '../../workers/trim-event-log.js';
import { trimInbox } from '../../workers/trim-inbox.js';
import { Client } from '../support/client.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';
import { contentOf, rebuildGroup } from '../support/read-models.js';
import { Receiver } from '../support/receiver.js';
import { subscribe } from '../support/subscription.js';

const password = 'a long enough password';

let product: Product;
let receiver: Receiver;
let api: Client;
let ana: Client;
let bert: Client;

const list = `{ unseenNotificationCount notifications(first: 50) {
  totalCount totalCountExact hasNextPage endCursor
  nodes { id severity title body createdAt seenAt auditEntryId } } }`;
const read = async (client: Client, query = list): Promise<any> => {
  const answer = await client.graphql(query);
  expect(answer.body.errors).toBeUndefined();
  return answer.body.data;
};
const codes = (body: any): string[] =>
  (body.errors ?? []).map((error: any) => error.extensions.code as string);

/** A configuration error: the rule that the product brings along tells the administrators. */
const goWrong = (message: string): Promise<void> =>
  product.run(recordFactCommand, {
    type: 'activity.configuration.failed',
    data: { message, references: {} },
  });

const person = async (username: string, groupId: string | null): Promise<Client> => {
  const { userId } = await product.run(createUserCommand, { username });
  await product.run(setPasswordCommand, { userId, password });
  if (groupId !== null) await product.run(grantMembershipCommand, { groupId, userId });
  const client = new Client(product.baseUrl);
  await client.login(username, password);
  return client;
};

beforeAll(async () => {
  receiver = await Receiver.start();
  product = await startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target });
  api = new Client(product.baseUrl);
  const { groups } = await api.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
  ana = await person('ana', groups.nodes[0].id as string);
  bert = await person('bert', null);
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
});
beforeEach(async () => {
  await ana.graphql('mutation { markNotificationsSeen { count } }');
});

const arrived = (client: Client, count: number): Promise<any> =>
  vi.waitFor(
    async () => {
      const data = await read(client);
      expect(data.unseenNotificationCount).toBe(count);
      return data;
    },
    { timeout: 10_000, interval: 25 },
  );

describe('the drawer', () => {
  it('shows what a shipped rule found, and the entry behind it', async () => {
    await goWrong('The redirect address is not known.');
    const { notifications } = await arrived(ana, 1);
    const [first] = notifications.nodes;
    expect(first).toMatchObject({
      severity: 'alert',
      title: 'Configuration error',
      body: 'The redirect address is not known.',
      seenAt: null,
    });
    const { auditEntry } = await api.admin('query($id: ID!) { auditEntry(id: $id) { action } }', {
      id: first.auditEntryId,
    });
    expect(auditEntry.action).toBe('configuration_error');
  });

  it('C2: nobody sees or marks what belongs to somebody else', async () => {
    await goWrong('For administrators.');
    const { notifications } = await arrived(ana, 1);
    const { id } = notifications.nodes[0];
    expect(await read(bert)).toMatchObject({
      unseenNotificationCount: 0,
      notifications: { totalCount: 0, nodes: [] },
    });
    const mark = 'mutation($ids: [ID!]) { markNotificationsSeen(ids: $ids) { count position } }';
    expect((await bert.graphql(mark, { ids: [id] })).body.data.markNotificationsSeen.count).toBe(0);
    expect((await bert.graphql(mark)).body.data.markNotificationsSeen.count).toBe(0);
    expect((await read(ana)).unseenNotificationCount).toBe(1);
    for (const query of ['{ unseenNotificationCount }', list, mark])
      expect(codes((await new Client(product.baseUrl).graphql(query)).body)).toContain('UNAUTHENTICATED');
  });

  it('marks the named ones, then all; what was marked stays marked at its first time', async () => {
    for (const n of ['1', '2', '3']) await goWrong(`Message ${n}.`);
    const { notifications } = await arrived(ana, 3);
    const ids = notifications.nodes.slice(0, 3).map((node: any) => node.id as string);
    const mark = async (argument: string): Promise<any> =>
      (await read(ana, `mutation { markNotificationsSeen${argument} { count position } }`))
        .markNotificationsSeen;
    expect(await mark(`(ids: ["${ids[1] as string}", "no id", "${ids[1] as string}"])`)).toMatchObject({
      count: 1,
      position: expect.stringMatching(/^[0-9a-f-]{36}\.\d+$/) as string,
    });
    const after = await read(ana);
    expect(after.unseenNotificationCount).toBe(2);
    const seenAt = after.notifications.nodes.find((node: any) => node.id === ids[1]).seenAt;
    expect(seenAt).not.toBeNull();
    expect((await mark('')).count).toBe(2);
    expect((await mark('')).count).toBe(0);
    const end = await read(ana);
    expect(end.unseenNotificationCount).toBe(0);
    expect(end.notifications.nodes.find((node: any) => node.id === ids[1]).seenAt).toBe(seenAt);
  });

  it('takes back what was marked, of his own only', async () => {
    for (const n of ['1', '2']) await goWrong(`Hasty ${n}.`);
    await arrived(ana, 2);
    const { ids } = (await read(ana, 'mutation { markNotificationsSeen { ids } }')).markNotificationsSeen;
    expect(ids).toHaveLength(2);
    const takeBack = async (client: Client): Promise<number> =>
      (
        await client.graphql(
          'mutation($ids: [ID!]!) { markNotificationsUnseen(ids: $ids) { count position } }',
          { ids },
        )
      ).body.data.markNotificationsUnseen.count as number;
    expect(await takeBack(bert)).toBe(0);
    expect(await takeBack(ana)).toBe(2);
    expect((await read(ana)).unseenNotificationCount).toBe(2);
    expect(await takeBack(ana)).toBe(0);
  });

  it('pages newest first, unseen ones alone when asked', async () => {
    for (const n of ['1', '2', '3']) await goWrong(`Page ${n}.`);
    await arrived(ana, 3);
    const bodies: string[] = [];
    let after = '';
    for (let page = 0; page < 3; page += 1) {
      const { notifications } = await read(
        ana,
        `{ notifications(first: 1, unseenOnly: true${after && `, after: "${after}"`}) { totalCount hasNextPage endCursor nodes { body } } }`,
      );
      bodies.push(notifications.nodes[0].body as string);
      expect([notifications.totalCount, notifications.hasNextPage]).toEqual([3, page < 2]);
      after = notifications.endCursor as string;
    }
    expect(bodies).toEqual(['Page 3.', 'Page 2.', 'Page 1.']);
    expect(codes((await ana.graphql('{ notifications(after: "x.y") { totalCount } }')).body)).toEqual([
      'INVALID_INPUT',
    ]);
  });

  it('leaves no trace in the event log when people read', async () => {
    const { auditEntries } = await api.admin('{ auditEntries(first: 200) { nodes { action context } } }');
    expect(JSON.stringify(auditEntries.nodes)).not.toMatch(/notificationIds|notificationId/);
  });
});

describe('what is not kept', () => {
  const days = (count: number): number => count * 86_400_000;
  const inDays = (count: number) => ({
    ...product.core.ports,
    clock: { now: () => new Date(Date.now() + days(count)) },
  });
  const trim = async (after: number): Promise<void> => {
    await trimInbox(inDays(after), trimmableInbox(product.core), days(30));
    await product.settle();
  };
  const bodies = async (): Promise<string[]> =>
    (await read(ana)).notifications.nodes.map(({ body }: { body: string }) => body);

  it('what was seen long ago goes, what was not seen stays; each time is on record', async () => {
    await goWrong('Seen.');
    await arrived(ana, 1);
    await ana.graphql('mutation { markNotificationsSeen { count } }');
    await goWrong('Not seen.');
    await arrived(ana, 1);
    await trim(29);
    expect(await bodies()).toEqual(expect.arrayContaining(['Seen.', 'Not seen.']));
    await trim(31);
    expect(await bodies()).toEqual(['Not seen.']);
    const runs = async (): Promise<unknown[]> =>
      (
        await api.admin(
          '{ auditEntries(first: 5, filter: { actions: ["system_task_execution"] }) { nodes { context } } }',
        )
      ).auditEntries.nodes as unknown[];
    expect(await runs()).toHaveLength(1);
    await trim(31);
    expect(await runs()).toHaveLength(1);
  });

  it('what has lost its entry goes, seen or not', async () => {
    await goWrong('About to be forgotten.');
    await arrived(ana, 1);
    await trim(1);
    expect(await bodies()).toContain('About to be forgotten.');
    const retention = retentionOf(
      readSettings({ MUNIMENT_EVENT_LOG_CONFIGURATION: 'days=1', MUNIMENT_EVENT_LOG_DEBUG: 'days=1' }),
    );
    await trimEventLog(inDays(3), trimmableLog(product.core), retention);
    await product.settle();
    await trim(3);
    expect(await bodies()).not.toContain('About to be forgotten.');
    const { rows } = await sql<{ left: number }>`
      select count(*)::int as left from ${inboxSchema.table('notification')} where user_id is not null and entry_id is not null`.execute(
      product.core.db,
    );
    expect(rows[0]!.left).toBe(0);
  });

  it('made anew from the log the drawer holds the same', async () => {
    await goWrong('Stays.');
    await arrived(ana, 1);
    // Two administrators are told.
    const before = await vi.waitFor(async () => {
      const rows = await contentOf(product.core.db, inbox.live);
      expect(rows).toHaveLength(2);
      return rows;
    }, 10_000);
    await rebuildGroup(product, inbox);
    expect(await contentOf(product.core.db, inbox.live)).toEqual(before);
  });
});

describe('live', () => {
  it('each gets his own at once, and nothing after his session has ended', async () => {
    const forAna = await subscribe(
      product.baseUrl,
      ana,
      'subscription { notificationAdded { id title body } }',
    );
    const forBert = await subscribe(product.baseUrl, bert, 'subscription { notificationAdded { id } }');
    const other = new Client(product.baseUrl);
    await other.login('ana', password);
    const leaving = await subscribe(product.baseUrl, other, 'subscription { notificationAdded { id } }');
    await goWrong('Live.');
    await vi.waitFor(() => expect(leaving.received).toHaveLength(1), 5000);
    await vi.waitFor(() => expect(forAna.received).toHaveLength(1), 5000);
    expect(forAna.received[0].notificationAdded).toMatchObject({
      title: 'Configuration error',
      body: 'Live.',
    });

    await other.flow('default-invalidation-flow', []);
    await goWrong('Later.');
    await vi.waitFor(() => expect(forAna.received).toHaveLength(2), 5000);
    await delay(200);
    expect(leaving.received).toHaveLength(1);
    expect(forBert.received).toEqual([]);
    for (const subscription of [forAna, forBert, leaving]) subscription.close();
  });

  it('is refused to strangers', async () => {
    const stranger = await subscribe(
      product.baseUrl,
      new Client(product.baseUrl),
      'subscription { notificationAdded { id } }',
    );
    await vi.waitFor(() => expect(stranger.errors).toHaveLength(1), 5000);
    expect(stranger.received).toEqual([]);
    stranger.close();
  });
});

describe('the test button', () => {
  const test = 'mutation($id: ID!) { testNotificationTransport(id: $id) { delivered messages } }';
  let made = 0;
  const transport = async (mode: string, webhookUrl: string | null): Promise<string> => {
    const { createNotificationTransport } = await api.admin(
      'mutation($i: CreateNotificationTransportInput!) { createNotificationTransport(input: $i) { notificationTransport { id } } }',
      { i: { name: `tested ${String(++made)}`, mode, webhookUrl } },
    );
    return createNotificationTransport.notificationTransport.id as string;
  };

  it.each<[string, () => string, Receiver['behave'], boolean, string]>([
    [
      'accepted',
      () => receiver.url(),
      (_r, res) => res.writeHead(200).end(),
      true,
      'The receiver answered 200.',
    ],
    [
      'refused by the receiver',
      () => receiver.url(),
      (_r, res) => res.writeHead(403).end(),
      false,
      'The receiver answered 403.',
    ],
    [
      'redirected',
      () => receiver.url(),
      (_r, res) => res.writeHead(302, { location: '/' }).end(),
      false,
      'The receiver answered 302. Redirects are not followed.',
    ],
    [
      'refused by the guard',
      () => 'https://127.0.0.1:1/',
      () => undefined,
      false,
      'The outbound guard refuses the address: the host has an address that is not public.',
    ],
    [
      'never answered',
      () => receiver.url(),
      () => undefined,
      false,
      'The request failed: no answer came in time.',
    ],
  ])('says %s', async (_what, url, behave, delivered, message) => {
    receiver.behave = behave;
    const id = await transport('webhook', url());
    expect((await api.admin(test, { id })).testNotificationTransport).toEqual({
      delivered,
      messages: [message],
    });
    await product.settle();
    const { auditEntries } = await api.admin(
      `{ auditEntries(first: 1, filter: { targetId: "${id}", actions: ["custom_notification_test"] }) { nodes { outcome targetLabel actor { label } context } } }`,
    );
    expect(auditEntries.nodes).toEqual([
      {
        outcome: delivered ? 'success' : 'failure',
        targetLabel: expect.stringMatching(/^tested/) as string,
        actor: { label: 'akadmin' },
        context: { message },
      },
    ]);
  });

  it('of a local transport puts a sample before the one who pressed it', async () => {
    const admin = new Client(product.baseUrl);
    await admin.login('akadmin', adminPassword);
    const before = (await read(admin)).unseenNotificationCount as number;
    const id = await transport('local', null);
    expect((await admin.graphql(test, { id })).body.data.testNotificationTransport.delivered).toBe(true);
    const { notifications } = await arrived(admin, before + 1);
    expect(notifications.nodes[0]).toMatchObject({
      severity: 'notice',
      title: 'Notification test',
      auditEntryId: null,
    });
  });

  it('demands the permission, and a transport that exists', async () => {
    const id = await transport('local', null);
    expect(codes((await bert.graphql(test, { id })).body)).toEqual(['FORBIDDEN']);
    const answer = await ana.graphql(test, { id: '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f' });
    expect(codes(answer.body)).toEqual(['NOT_FOUND']);
  });
});
