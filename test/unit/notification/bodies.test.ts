import { describe, expect, it } from 'vitest';
import { auditActions } from '../../../domain/audit/fact.js';
import { summaryOf, titleOf, type AuditEntry } from '../../../domain/audit/entry.js';
import type { NotificationMessage } from '../../../domain/notification/message.js';
import { slackBody } from '../../../domain/notification/slack-body.js';
import { webhookBody } from '../../../domain/notification/webhook-body.js';

const entry: AuditEntry = {
  id: '00000000-0000-4000-8000-000000000009',
  action: 'model_updated',
  severity: 'notice',
  outcome: 'success',
  reason: null,
  position: '7',
  leafIndex: null,
  occurredAt: '2026-01-02T03:04:05.000Z',
  recordedAt: '2026-01-02T03:04:05.000Z',
  app: 'application',
  tenant: 'main',
  brandId: null,
  onBehalfOf: null,
  sessionId: null,
  via: 'admin',
  comment: null,
  requestId: null,
  commandId: '00000000-0000-4000-8000-000000000008',
  correlationId: '00000000-0000-4000-8000-000000000008',
  actor: { type: 'user', id: 'u1', label: 'ana' },
  target: { type: 'application', id: 'a1', label: 'Wiki' },
  client: { ip: '192.0.2.1', userAgent: null, method: null, path: null, geo: null, asn: null },
  changes: [{ field: 'clientSecret', before: '********', after: '********' }],
  context: {},
};
const message: NotificationMessage = {
  title: 'Model updated',
  body: 'text',
  severity: 'alert',
  recipient: { username: 'bert', email: 'bert@example.com' },
  eventUser: { username: 'ana', email: 'ana@example.com' },
  event: entry,
};

describe('the text', () => {
  it('names every action', () => {
    for (const action of auditActions) expect(titleOf({ action })).toMatch(/^[A-Z][a-z A-Z]+$/);
  });

  it.each<[string, Partial<AuditEntry>, string]>([
    ['who did it to what', {}, 'Model updated by ana – application Wiki'],
    ['an own message', { context: { message: 'It broke.' } }, 'It broke.'],
    ['a reason', { target: null, reason: 'wrong_password' }, 'Model updated by ana (wrong_password)'],
    [
      'kinds in place of names',
      { actor: { type: 'anonymous', id: 'x', label: null }, target: { type: 'flow', id: 'f1', label: null } },
      'Model updated by anonymous – flow f1',
    ],
  ])('says %s', (_what, change, expected) => {
    expect(summaryOf({ ...entry, ...change })).toBe(expected);
  });
});

describe('the body of a webhook', () => {
  it('has the known keys and the event', () => {
    expect(JSON.parse(webhookBody(message))).toEqual({
      body: 'text',
      severity: 'alert',
      user_email: 'bert@example.com',
      user_username: 'bert',
      event_user_email: 'ana@example.com',
      event_user_username: 'ana',
      event: {
        id: entry.id,
        action: 'model_updated',
        severity: 'notice',
        outcome: 'success',
        reason: null,
        actor: entry.actor,
        target: entry.target,
        client_ip: '192.0.2.1',
        created: entry.occurredAt,
        changes: entry.changes,
        context: {},
      },
    });
  });

  it('has no event user and no event where there is none', () => {
    const body = JSON.parse(
      webhookBody({ ...message, recipient: null, eventUser: null, event: null }),
    ) as object;
    expect(body).toEqual({
      body: 'text',
      severity: 'alert',
      user_email: null,
      user_username: null,
      event: null,
    });
  });
});

describe('the body for Slack', () => {
  const attachmentOf = (change: Partial<NotificationMessage>): any =>
    JSON.parse(slackBody({ ...message, ...change })).attachments[0];

  it('names severity, recipient and event user first', () => {
    expect(attachmentOf({}).fields).toEqual([
      { title: 'Severity', value: 'alert', short: true },
      { title: 'Dispatched for user', value: 'bert', short: true },
      { title: 'Event user', value: 'ana', short: true },
    ]);
  });

  it('takes text values of the context only, cut, twenty-five fields at most', () => {
    const context = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`${String(n)}${'k'.repeat(300)}`, 'v'.repeat(2000)]),
    );
    const { fields } = attachmentOf({ event: { ...entry, context: { number: 7, list: ['a'], ...context } } });
    expect(fields).toHaveLength(25);
    expect(fields[3].title).toHaveLength(256);
    expect(fields[3].value).toHaveLength(1024);
  });

  it('defuses mentions and links in everything that people can choose', () => {
    const evil = '<!channel> <https://evil.example|click> & more';
    const text = slackBody({
      ...message,
      body: evil,
      eventUser: { username: evil, email: evil },
      event: { ...entry, context: { [evil]: evil } },
    });
    expect(text).not.toMatch(/[<>]/);
    expect(text).toContain('&lt;!channel&gt;');
  });
});
