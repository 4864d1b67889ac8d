import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { testNotificationTransportCommand } from '../../commands/notification/test-notification-transport.js';
import { certificate } from '../../domain/certificate/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditSchema } from '../../projections/audit/table.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mailbox } from '../support/mailbox.js';
import { startSecureReceiver, type SecureReceiver } from '../support/secure-receiver.js';
import { NotificationStage } from '../support/notification-stage.js';
import type { Product } from '../support/product.js';
import type { Receiver } from '../support/receiver.js';

let stage: NotificationStage;
let secure: SecureReceiver;
let product: Product;
let receiver: Receiver;
let mailbox: Mailbox;
let groupId: string;
let made = 0;

const transport = (path: string, values: Record<string, unknown> = {}): Promise<string> =>
  stage.transport(path, { sendOnce: true, ...values });

beforeAll(async () => {
  secure = await startSecureReceiver();
  stage = await NotificationStage.start([secure.target]);
  ({ product, receiver, mailbox, groupId } = stage);
});
afterAll(async () => {
  await stage.stop();
  secure.stop();
});
beforeEach(() => {
  stage.calm();
});

describe('R5: e-mail', () => {
  const mailTransport = (values: Record<string, unknown> = {}): Promise<string> =>
    stage.create(notificationTransport, { name: `mail ${String(++made)}`, mode: 'email', ...values });
  it('reaches members and addresses, passes over who has none, and is tried again under one Message-ID', async () => {
    const silent = await product.run(createUserCommand, { username: 'without-address' });
    await product.run(grantMembershipCommand, { groupId, userId: silent.userId });
    const lane = await mailTransport({ emailSubjectPrefix: '[id] ' });
    await stage.rule([lane], 'mailed', { destinationAddresses: ['soc@example.com'] });
    mailbox.refuse = (attempt) => (attempt === 1 ? { code: 451, text: 'later' } : null);
    await stage.happen('mailed');
    const rows = await stage.settled(lane, 3);
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
    await stage.rule([lane], 'refused');
    mailbox.refuse = () => ({ code: 550, text: 'no such mailbox watcher@example.com' });
    await stage.happen('refused');
    expect(await stage.settled(lane, 1)).toMatchObject([
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

describe('a webhook', () => {
  it('to a receiver whose certificate a private authority has signed needs that authority', async () => {
    const lane = await transport('', { webhookUrl: `https://${secure.target}/`, name: 'private' });
    const test = async (): Promise<unknown> =>
      (await product.run(testNotificationTransportCommand, { id: lane })).messages;
    expect(await test()).toEqual(['The request failed: the certificate of the host is not trusted.']);
    const webhookCa = await stage.create(certificate, {
      name: 'private authority',
      certificate: secure.authority,
    });
    await stage.change(notificationTransport, lane, { webhookCa });
    expect(await test()).toEqual(['The receiver answered 204.']);
  });

  it('has the mapped body and headers, and an authorization that only the vault knows', async () => {
    const lane = await transport('/mapped', {
      webhookBody: '{"text":"{{severity}}: {{body}}","event":"{{event.id}}"}',
      webhookHeaders: [{ name: 'X-Severity', value: '{{severity}}' }],
      webhookAuthorization: 'Bearer very-secret-token',
    });
    await stage.rule([lane], 'mapped');
    await stage.happen('mapped');
    const [body] = await stage.arrived('/mapped', 1);
    expect(body).toEqual({
      text: expect.stringMatching(/^warning: Suspicious request/) as string,
      event: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(receiver.at('/mapped')[0]!.headers).toMatchObject({
      'x-severity': 'warning',
      authorization: 'Bearer very-secret-token',
    });
    await expect(
      stage.change(notificationTransport, lane, { webhookHeaders: [{ name: 'Authorization', value: 'x' }] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(stage.change(notificationTransport, lane, { webhookBody: '{' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(
      stage.change(notificationTransport, lane, { webhookUrl: 'https://elsewhere.example/' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is signed with both secrets after a change, so that either verifies it', async () => {
    const secretOf = (text: string): string =>
      `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`;
    const [old, next] = [secretOf('old'), secretOf('new')];
    const lane = await transport('/rotated', { webhookSecret: old });
    await stage.rule([lane], 'rotated');
    await stage.change(notificationTransport, lane, { webhookSecret: next });
    await stage.happen('rotated');
    await stage.arrived('/rotated', 1);
    const [{ body, headers }] = receiver.at('/rotated') as any;
    for (const secret of [old, next]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    expect(() => new Webhook(secretOf('other')).verify(body, headers)).toThrow();
  });
});

describe('a double of a service, by its documented answers', () => {
  it('Slack: 429 with Retry-After is waited for; 404 turns the transport off, on record', async () => {
    const lane = await transport('/slack', { mode: 'slack' });
    await stage.rule([lane], 'slack');
    receiver.behave = (_request, response, attempt) => {
      if (attempt === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else response.writeHead(200).end('ok');
    };
    const since = Date.now();
    await stage.happen('slack');
    const [, again] = await stage.arrived('/slack', 2);
    expect(Date.now() - since).toBeGreaterThan(950);
    expect(again.blocks[0]).toMatchObject({ type: 'header', text: { text: 'Suspicious request' } });
    receiver.behave = (_request, response) => {
      response.writeHead(404).end('no_service');
    };
    await stage.happen('slack');
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
    await stage.happen('slack');
    await stage.happen('mapped');
    await stage.arrived('/mapped', 2);
    expect(receiver.at('/slack')).toHaveLength(before);
  });

  it.each([
    ['discord', (body: any) => body.embeds[0].title as string],
    ['teams', (body: any) => body.attachments[0].content.body[0].text as string],
  ])('%s gets its form', async (mode, titleOf) => {
    const lane = await transport(`/${mode}`, { mode });
    await stage.rule([lane], mode);
    await stage.happen(mode);
    const [body] = await stage.arrived(`/${mode}`, 1);
    expect(titleOf(body)).toBe('Suspicious request');
  });

  it('PagerDuty: an alarm is opened once, and resolved when it has cleared', async () => {
    const lane = await transport('/pagerduty', {
      mode: 'pagerduty',
      routingKey: 'R0UT1NGKEY',
      sendOnce: false,
    });
    await stage.rule([lane], 'paged', { trigger: 'count', threshold: 2, window: 'seconds=1' });
    for (let n = 0; n < 4; n += 1) await stage.happen('paged');
    const bodies = await stage.arrived('/pagerduty', 2);
    expect(bodies.map(({ event_action: action }) => action as string)).toEqual(['trigger', 'resolve']);
    expect(bodies[0]).toMatchObject({ routing_key: 'R0UT1NGKEY', payload: { severity: 'warning' } });
    expect(bodies[1].dedup_key).toBe(bodies[0].dedup_key);
    expect(bodies[0].dedup_key.length).toBeLessThanOrEqual(255);
  }, 30_000);
});
