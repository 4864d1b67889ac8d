import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { runNotifications } from '../../bin/notifications.js';
import { auditSchema } from '../../projections/audit/table.js';
import { Client } from '../support/client.js';
import { Mailbox } from '../support/mailbox.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';

const hurried = ({
  attempts,
  retryAfterMs,
}: {
  attempts: number;
  retryAfterMs: number | null;
}): number | null => (attempts >= 3 ? null : (retryAfterMs ?? 50));

let product: Product;
let receiver: Receiver;
let mailbox: Mailbox;
let api: Client;
let groupId: string;
let userId: string;
let made = 0;

const create = async (model: Model<any>, values: Record<string, unknown>): Promise<string> => {
  const { id } = await product.run(createModelCommand(model as Model), { values });
  return id;
};
const change = (model: Model<any>, id: string, values: Record<string, unknown>): Promise<unknown> =>
  product.run(changeModelCommand(model as Model), { id, values });

const transport = (path: string, values: Record<string, unknown> = {}): Promise<string> =>
  create(notificationTransport, {
    name: `transport ${String(++made)}`,
    mode: 'webhook',
    webhookUrl: receiver.url(path),
    sendOnce: true,
    ...values,
  });

const rule = (
  transports: readonly string[],
  reason: string,
  values: Record<string, unknown> = {},
): Promise<string> =>
  create(notificationRule, {
    name: `rule ${String(++made)}`,
    when: { field: 'reason', is: [reason] },
    severity: 'warning',
    transports,
    destinationGroup: groupId,
    ...values,
  });

const happen = (reason: string, detail: Record<string, string> = {}): Promise<void> =>
  product.run(recordFactCommand, {
    type: 'activity.request.refused',
    data: { code: reason, subject: userId, userId, detail },
  });

const bodiesAt = (path: string): any[] => receiver.at(path).map(({ body }) => JSON.parse(body));
const arrived = (path: string, count: number, timeout = 20_000): Promise<any[]> =>
  vi.waitFor(
    () => {
      expect(receiver.at(path).length).toBeGreaterThanOrEqual(count);
      return bodiesAt(path);
    },
    { timeout, interval: 25 },
  );

const draft = `id when trigger threshold window groupBy suppressFor digestEvery`.split(' ');
const storedDraft = (id: string): Record<string, unknown> => {
  const { values } = product.core.ports.config.get(notificationRule, id)!;
  return Object.fromEntries(
    draft.map((field) => [field, field === 'id' ? id : (values as Record<string, unknown>)[field]]),
  );
};
const ask = (query: string, variables: Record<string, unknown>): Promise<any> => api.admin(query, variables);
const testQuery = `query ($rule: NotificationRuleDraft!, $from: DateTime!, $to: DateTime!) {
  testNotificationRule(rule: $rule, from: $from, to: $to) {
    matches notificationsAfterSuppression complete perDay { day matches notifications } samples { id reason } } }`;

beforeAll(async () => {
  [receiver, mailbox] = [await Receiver.start(), await Mailbox.start()];
  product = await startProduct(
    {
      MUNIMENT_OUTBOUND_ALLOW: receiver.target,
      MUNIMENT_EMAIL_HOST: '127.0.0.1',
      MUNIMENT_EMAIL_PORT: String(mailbox.port),
      MUNIMENT_BASE_URL: 'http://localhost:9000',
    },
    hurried,
  );
  api = new Client(product.baseUrl);
  groupId = await create(group, { name: 'watchers' });
  ({ userId } = await product.run(createUserCommand, { username: 'watcher', email: 'watcher@example.com' }));
  await product.run(grantMembershipCommand, { groupId, userId });
});
afterAll(async () => {
  await product.stop();
  await receiver.stop();
  await mailbox.stop();
});
beforeEach(() => {
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
});

describe('acceptance 9: the dry run over a window', () => {
  it('equals what was sent in it, for rules of every kind, through restarts and competing processes', async () => {
    const kinds: Record<string, Record<string, unknown>> = {
      plain: {},
      silenced: { suppressFor: 'seconds=1', groupBy: ['context.detail.who'] },
      counted: { trigger: 'count', threshold: 3, window: 'seconds=2', groupBy: ['context.detail.who'] },
      gathered: { digestEvery: 'seconds=1' },
      missed: { trigger: 'absence', window: 'seconds=1' },
    };
    const lanes = new Map<string, { readonly lane: string; readonly id: string }>();
    for (const [name, values] of Object.entries(kinds)) {
      const lane = await transport(`/${name}`);
      lanes.set(name, { lane, id: await rule([lane], 'storm', values) });
    }
    const from = new Date();
    const second = runNotifications(product.core, hurried);
    for (let n = 0; n < 24; n += 1) {
      await happen('storm', { who: `person ${String(n % 3)}` });
      if (n === 8) await product.stopNotifications();
      if (n === 12) product.startNotifications();
      if (n % 6 === 5) await delay(700);
    }
    await second();
    // Until the absence that follows the last entry has been told.
    const lastAbsence = await vi.waitFor(
      async () => {
        const { rows } = await sql<{ due: Date | null; told: string | null }>`
          select due_at as due, state -> 'state' -> 'absence' ->> 'told' as told from outbox.memory where key = ${lanes.get('missed')!.id}`.execute(
          product.core.db,
        );
        expect(rows[0]?.told).toMatch(/^absence/);
        const { rows: waiting } = await sql`select from outbox.memory where due_at is not null`.execute(
          product.core.db,
        );
        expect(waiting).toHaveLength(0);
        return rows[0];
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(lastAbsence).toBeDefined();
    for (const [name, { lane, id }] of lanes) {
      const { rows: sent } = await sql<{ n: number }>`
        select count(*)::int as n from outbox.delivery where lane = ${lane}`.execute(product.core.db);
      const { testNotificationRule: told } = await ask(testQuery, {
        rule: storedDraft(id),
        from: from.toISOString(),
        to: new Date().toISOString(),
      });
      expect([name, told.notificationsAfterSuppression]).toEqual([name, sent[0]!.n]);
      expect([name, told.matches, told.complete]).toEqual([name, 24, true]);
      expect(sent[0]!.n).toBeGreaterThan(0);
      if (name === 'plain') expect(sent[0]!.n).toBe(24);
      else expect(sent[0]!.n).toBeLessThan(24);
    }
    await arrived('/counted', 1);
    expect(bodiesAt('/counted')[0]).toMatchObject({ kind: 'count', count: 3 });
    const [digest] = await arrived('/gathered', 1);
    expect(digest).toMatchObject({ kind: 'digest', severity: 'warning' });
    expect(digest.events.length).toBe(digest.count);
    const missed = await arrived('/missed', 1);
    expect(missed.at(-1)).toMatchObject({ kind: 'absence', event: null });
  }, 90_000);

  it('nothing personal is remembered', async () => {
    const { rows } = await sql<{ text: string }>`
      select (select string_agg(m::text, ' ') from outbox.memory m) || (select string_agg(d::text, ' ') from outbox.delivery d) as text`.execute(
      product.core.db,
    );
    expect(rows[0]!.text).toContain('groups');
    expect(rows[0]!.text).not.toMatch(/person|watcher|example\.com/);
  });

  it('refuses what cannot be run and names the field', async () => {
    const window = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    const refusals = async (rule: Record<string, unknown>, times = window): Promise<any> => {
      const { body } = await api.graphql(
        testQuery,
        { rule, ...times },
        { authorization: `Bearer ${adminToken}` },
      );
      return body.errors[0].extensions.fields[0].path;
    };
    const when = { all: [] };
    expect(await refusals({ when, window: 'soon' })).toBe('rule.window');
    expect(await refusals({ when, threshold: 0 })).toBe('rule.threshold');
    expect(await refusals({ when }, { ...window, to: '2025-01-01T00:00:00Z' })).toBe('to');
  });

  it('compares two versions of a rule: what is gained, and what is lost', async () => {
    for (const reason of ['left', 'both', 'both', 'right']) await happen(reason);
    const of = (reasons: string[]): object => ({ when: { field: 'reason', is: reasons } });
    const { compareNotificationRules: compared } = await ask(
      `query ($old: NotificationRuleDraft!, $new: NotificationRuleDraft!, $from: DateTime!, $to: DateTime!) {
        compareNotificationRules(old: $old, new: $new, from: $from, to: $to) {
          before { matches } after { matches } gained { count samples { reason } } lost { count samples { reason } } } }`,
      {
        old: of(['left', 'both']),
        new: of(['right', 'both']),
        from: new Date(Date.now() - 60_000).toISOString(),
        to: new Date(Date.now() + 1000).toISOString(),
      },
    );
    expect(compared).toEqual({
      before: { matches: 3 },
      after: { matches: 3 },
      gained: { count: 1, samples: [{ reason: 'right' }] },
      lost: { count: 1, samples: [{ reason: 'left' }] },
    });
  });
});

describe('R5: e-mail', () => {
  const mailTransport = (values: Record<string, unknown> = {}): Promise<string> =>
    create(notificationTransport, { name: `mail ${String(++made)}`, mode: 'email', ...values });
  const statuses = (lane: string, count: number): Promise<any[]> =>
    vi.waitFor(
      async () => {
        const { rows } = await sql<any>`
          select status, attempts, failure from outbox.delivery where lane = ${lane} and status <> 'pending' order by number`.execute(
          product.core.db,
        );
        expect(rows).toHaveLength(count);
        return rows;
      },
      { timeout: 20_000, interval: 25 },
    );

  it('reaches members and addresses, passes over who has none, and is tried again under one Message-ID', async () => {
    const silent = await product.run(createUserCommand, { username: 'without-address' });
    await product.run(grantMembershipCommand, { groupId, userId: silent.userId });
    const lane = await mailTransport({ emailSubjectPrefix: '[id] ' });
    await rule([lane], 'mailed', { destinationAddresses: ['soc@example.com'] });
    mailbox.refuse = (attempt) => (attempt === 1 ? { code: 451, text: 'later' } : null);
    await happen('mailed');
    const rows = await statuses(lane, 3);
    expect(rows.map(({ status, failure }) => [status, failure])).toEqual(
      expect.arrayContaining([
        ['delivered', null],
        ['delivered', null],
        ['dropped', 'the recipient has no e-mail address'],
      ]),
    );
    expect(mailbox.mails.flatMap(({ to }) => to).sort()).toEqual(['soc@example.com', 'watcher@example.com']);
    const { mail } = mailbox.mails[0]!;
    expect(mail.subject).toBe('[id] Suspicious request');
    expect(mail.text).toContain('Open in the event log: http://localhost:9000/if/admin/events/log/');
    expect(new Set(mailbox.mails.map((one) => one.mail.messageId)).size).toBe(2);
    await product.settle();
    const { rows: sent } = await sql<any>`
      select target_id, context from ${auditSchema.table('entry')} where action = 'email_sent'`.execute(
      product.core.db,
    );
    expect(sent).toHaveLength(2);
    mailbox.refuse = () => null;
  });

  it('that the server refuses for good is given up at once, on record as a configuration error', async () => {
    const lane = await mailTransport({ sendOnce: true });
    await rule([lane], 'refused');
    mailbox.refuse = () => ({ code: 550, text: 'no such mailbox watcher@example.com' });
    await happen('refused');
    expect(await statuses(lane, 1)).toEqual([
      { status: 'parked', attempts: 1, failure: 'The mail was not sent: the mail server answered 550.' },
    ]);
    mailbox.refuse = () => null;
    await product.settle();
    const { rows } = await sql<any>`
      select context from ${auditSchema.table('entry')} where action = 'configuration_error' and context ->> 'transport' = ${lane}`.execute(
      product.core.db,
    );
    expect(rows).toHaveLength(1);
  });
});

describe('the drawer', () => {
  it('tells what is missing by the name of the rule', async () => {
    const { groups } = await api.admin('{ groups(search: "authentik Admins") { nodes { id } } }');
    const local = await create(notificationTransport, { name: 'drawer', mode: 'local' });
    const { name } = product.core.ports.config.get(
      notificationRule,
      await rule([local], 'never', {
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
      body: 'Nothing has met this rule for 1 seconds.',
      auditEntryId: null,
      severity: 'warning',
    });
  });
});

describe('a webhook', () => {
  it('has the mapped body and headers, and an authorization that only the vault knows', async () => {
    const lane = await transport('/mapped', {
      webhookBody: '{"text":"{{severity}}: {{body}}","event":"{{event.id}}"}',
      webhookHeaders: [{ name: 'X-Severity', value: '{{severity}}' }],
      webhookAuthorization: 'Bearer very-secret-token',
    });
    await rule([lane], 'mapped');
    await happen('mapped');
    const [body] = await arrived('/mapped', 1);
    expect(body).toEqual({
      text: expect.stringMatching(/^warning: Suspicious request/) as string,
      event: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(receiver.at('/mapped')[0]!.headers).toMatchObject({
      'x-severity': 'warning',
      authorization: 'Bearer very-secret-token',
    });
    await expect(
      change(notificationTransport, lane, { webhookHeaders: [{ name: 'Authorization', value: 'x' }] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(change(notificationTransport, lane, { webhookBody: '{' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(
      change(notificationTransport, lane, { webhookUrl: 'https://elsewhere.example/' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is signed with both secrets after a change, so that either verifies it', async () => {
    const secretOf = (text: string): string =>
      `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`;
    const [old, next] = [secretOf('old'), secretOf('new')];
    const lane = await transport('/rotated', { webhookSecret: old });
    await rule([lane], 'rotated');
    await change(notificationTransport, lane, { webhookSecret: next });
    await happen('rotated');
    await arrived('/rotated', 1);
    const [{ body, headers }] = receiver.at('/rotated') as any;
    for (const secret of [old, next]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    expect(() => new Webhook(secretOf('other')).verify(body, headers)).toThrow();
  });
});

describe('a double of a service, by its documented answers', () => {
  it('Slack: 429 with Retry-After is waited for; 404 turns the transport off, on record', async () => {
    const lane = await transport('/slack', { mode: 'slack' });
    await rule([lane], 'slack');
    receiver.behave = (_request, response, attempt) => {
      if (attempt === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200).end('ok');
    };
    const since = Date.now();
    await happen('slack');
    const [, again] = await arrived('/slack', 2);
    expect(Date.now() - since).toBeGreaterThan(950);
    expect(again.blocks[0]).toMatchObject({ type: 'header', text: { text: 'Suspicious request' } });
    receiver.behave = (_request, response) => {
      response.writeHead(404).end('no_service');
    };
    await happen('slack');
    await vi.waitFor(
      () => {
        expect(product.core.ports.config.get(notificationTransport, lane)?.values.enabled).toBe(false);
      },
      { timeout: 10_000 },
    );
    await product.settle();
    const { rows } = await sql<any>`
      select context ->> 'message' as message from ${auditSchema.table('entry')}
       where action = 'configuration_error' and context ->> 'transport' = ${lane}`.execute(product.core.db);
    expect(rows[0].message).toMatch(/was turned off: its receiver answered 404/);
    const before = receiver.at('/slack').length;
    await happen('slack');
    await happen('mapped');
    await arrived('/mapped', 2);
    expect(receiver.at('/slack')).toHaveLength(before);
  });

  it.each([
    ['discord', (body: any) => body.embeds[0].title as string],
    ['teams', (body: any) => body.attachments[0].content.body[0].text as string],
  ])('%s gets its form', async (mode, titleOf) => {
    const lane = await transport(`/${mode}`, { mode });
    await rule([lane], mode);
    await happen(mode);
    const [body] = await arrived(`/${mode}`, 1);
    expect(titleOf(body)).toBe('Suspicious request');
  });

  it('PagerDuty: an alarm is opened once, and resolved when it has cleared', async () => {
    const lane = await transport('/pagerduty', {
      mode: 'pagerduty',
      routingKey: 'R0UT1NGKEY',
      sendOnce: false,
    });
    await rule([lane], 'paged', { trigger: 'count', threshold: 2, window: 'seconds=1' });
    for (let n = 0; n < 4; n += 1) await happen('paged');
    const bodies = await arrived('/pagerduty', 2);
    expect(bodies.map(({ event_action: action }) => action as string)).toEqual(['trigger', 'resolve']);
    expect(bodies[0]).toMatchObject({ routing_key: 'R0UT1NGKEY', payload: { severity: 'warning' } });
    expect(bodies[1].dedup_key).toBe(bodies[0].dedup_key);
    expect(bodies[0].dedup_key.length).toBeLessThanOrEqual(255);
  }, 30_000);
});

describe('the list of deliveries', () => {
  const listQuery = `query ($lane: ID!) { notificationDeliveries(first: 10, transportId: $lane) { totalCount nodes {
    id status kind failure transportName ruleName recipientName auditEntryId attempts { delivered status latencyMs failure } } } }`;
  const list = async (lane: string): Promise<any[]> =>
    (await ask(listQuery, { lane })).notificationDeliveries.nodes;
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
    await rule([lane], 'listed');
    receiver.behave = (_request, response) => {
      response.writeHead(500).end();
    };
    await happen('listed');
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
    await ask('mutation ($ids: [ID!]!) { resendNotificationDeliveries(ids: $ids) { count } }', {
      ids: [parked.id],
    });
    const delivered = await ended(lane, 'delivered');
    expect(delivered.attempts).toHaveLength(4);
    expect(delivered.attempts[3]).toMatchObject({ delivered: true, status: 204 });
    expect(new Set(receiver.at('/listed').map(({ id }) => id))).toEqual(new Set([parked.id]));

    receiver.behave = (_request, response) => {
      response.writeHead(400).end();
    };
    await happen('listed');
    const second = await ended(lane, 'parked');
    const skipped = await ask('mutation ($ids: [ID!]!) { skipNotificationDeliveries(ids: $ids) { count } }', {
      ids: [second.id],
    });
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
