import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditActions } from '../../../domain/audit/fact.js';
import { summaryOf, titleOf, type AuditEntry } from '../../../domain/audit/entry.js';
import type { NotificationMessage } from '../../../domain/notification/message.js';
import { discordBody } from '../../../domain/notification/body/discord-body.js';
import { mailContentOf } from '../../../domain/notification/body/mail-content.js';
import { pagerdutyBody } from '../../../domain/notification/body/pagerduty-body.js';
import { slackAttachments } from '../../../domain/notification/body/slack-attachments.js';
import { slackBlocks } from '../../../domain/notification/body/slack-blocks.js';
import { teamsBody } from '../../../domain/notification/body/teams-body.js';
import { webhookBody } from '../../../domain/notification/body/webhook-body.js';
import { mailHtml, mailText } from '../../../domain/mail/layout.js';
import { maskLinks } from '../../../domain/mail/mask-links.js';
import { mailTexts } from '../../../domain/mail/texts.js';

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
  kind: 'entry',
  entries: [],
  count: 1,
  rule: { id: 'r1', name: 'changes' },
  at: new Date('2026-01-02T03:04:06.000Z'),
  alarm: 'r1/g1',
  link: 'https://id.example.com/if/admin/events/log/9',
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
    expect(JSON.parse(webhookBody(message, null))).toEqual({
      body: 'text',
      title: 'Model updated',
      kind: 'entry',
      count: 1,
      rule: { id: 'r1', name: 'changes' },
      link: 'https://id.example.com/if/admin/events/log/9',
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
      webhookBody({ ...message, recipient: null, eventUser: null, event: null }, null),
    ) as object;
    expect(body).toEqual({
      body: 'text',
      title: 'Model updated',
      kind: 'entry',
      count: 1,
      rule: { id: 'r1', name: 'changes' },
      link: 'https://id.example.com/if/admin/events/log/9',
      severity: 'alert',
      user_email: null,
      user_username: null,
      event: null,
    });
  });
});

describe('the body for Slack', () => {
  const attachmentOf = (change: Partial<NotificationMessage>): any =>
    JSON.parse(slackAttachments({ ...message, ...change })).attachments[0];

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
    const text = slackAttachments({
      ...message,
      body: evil,
      eventUser: { username: evil, email: evil },
      event: { ...entry, context: { [evil]: evil } },
    });
    expect(text).not.toMatch(/[<>]/);
    expect(text).toContain('&lt;!channel&gt;');
  });
});

const evil = '<!channel> @everyone [click](https://evil.example) *x* {{user_email}} "quoted"\n<b>';
const huge = {
  ...message,
  title: evil.repeat(20),
  body: evil.repeat(400),
  entries: Array.from({ length: 50 }, () => ({ ...entry, context: { message: evil.repeat(200) } })),
  kind: 'digest' as const,
  count: 900,
  event: {
    ...entry,
    context: Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`${String(n)}${evil}`, `ü${evil.repeat(300)}`]),
    ),
  },
};
const anyMessage = fc
  .tuple(fc.string({ maxLength: 6000 }), fc.nat(60), fc.nat(60))
  .map(([text, fields, lines]): NotificationMessage => ({
    ...huge,
    title: text,
    body: text,
    entries: huge.entries.slice(0, lines),
    event: {
      ...entry,
      context: Object.fromEntries(Array.from({ length: fields }, (_, n) => [`${String(n)}${text}`, text])),
    },
  }));

describe('a mapped webhook', () => {
  it('fills texts, takes whole values over, and never looks at what was filled in', () => {
    const template = JSON.stringify({
      text: '{{rule.name}}: {{body}}',
      who: '{{event.actor}}',
      n: '{{ count }}',
      none: '{{no.such.thing}}',
      list: ['{{severity}}', 7, null],
    });
    expect(JSON.parse(webhookBody({ ...message, body: evil }, template))).toEqual({
      text: `changes: ${evil}`,
      who: entry.actor,
      n: 1,
      none: null,
      list: ['alert', 7, null],
    });
  });
});

describe('Slack Block Kit', () => {
  it('keeps the documented limits whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(anyMessage, fc.constant(huge)), (sample) => {
        const { blocks, text } = JSON.parse(slackBlocks(sample));
        expect(text.length).toBeGreaterThan(0);
        expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(10_000);
        expect(blocks.length).toBeLessThanOrEqual(50);
        expect(blocks[0].type).toBe('header');
        expect(blocks[0].text.text.length).toBeLessThanOrEqual(150);
        for (const { fields, text: section } of blocks) {
          if (section) expect(section.text.length).toBeLessThanOrEqual(3000);
          if (fields) {
            expect(fields.length).toBeGreaterThan(0);
            expect(fields.length).toBeLessThanOrEqual(10);
            for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2000);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('shows what people can choose as it is: every text is plain, and the fallback mentions nobody', () => {
    const body = slackBlocks({ ...message, title: evil, body: evil });
    expect(body).not.toContain('mrkdwn');
    expect(JSON.parse(body).text).not.toMatch(/[<>]/);
  });
});

describe('Discord', () => {
  it('keeps the documented limits whatever it is given, and mentions nobody', () => {
    fc.assert(
      fc.property(fc.oneof(anyMessage, fc.constant(huge)), (sample) => {
        const { embeds, allowed_mentions: mentions } = JSON.parse(discordBody(sample));
        const [{ title, description, fields, footer }] = embeds;
        expect(mentions).toEqual({ parse: [] });
        expect(title.length).toBeLessThanOrEqual(256);
        expect(description.length).toBeLessThanOrEqual(4096);
        expect(fields.length).toBeLessThanOrEqual(25);
        const lengths: number[] = [title.length, description.length, footer.text.length];
        for (const { name, value } of fields) {
          expect(name.length).toBeLessThanOrEqual(256);
          expect(value.length).toBeLessThanOrEqual(1024);
          lengths.push(name.length, value.length);
        }
        expect(lengths.reduce((sum, length) => sum + length)).toBeLessThanOrEqual(6000);
      }),
      { numRuns: 50 },
    );
  });

  it('makes no link and no mention of what people can choose', () => {
    const [{ description }] = JSON.parse(discordBody({ ...message, body: evil })).embeds;
    expect(description).toContain('\\[click\\]\\(https\\:');
    expect(description).toContain('\\@everyone');
  });
});

describe('Teams', () => {
  it('is an Adaptive Card of at most 28 KB whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(anyMessage, fc.constant(huge)), (sample) => {
        const body = teamsBody(sample);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(28 * 1024);
        const [{ content, contentType }] = JSON.parse(body).attachments;
        expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
        expect(content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
      }),
      { numRuns: 30 },
    );
  });
});

describe('PagerDuty', () => {
  it('opens an alarm and closes it under the same key, within the limits', () => {
    const opened = JSON.parse(pagerdutyBody(huge, 'R0UT1NG'));
    expect(opened).toMatchObject({
      routing_key: 'R0UT1NG',
      event_action: 'trigger',
      dedup_key: 'r1/g1',
      payload: { severity: 'critical', source: 'muniment' },
    });
    expect(opened.payload.summary.length).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(JSON.stringify(opened))).toBeLessThan(512 * 1024);
    expect(JSON.parse(pagerdutyBody({ ...message, kind: 'resolved' }, 'R0UT1NG'))).toEqual({
      routing_key: 'R0UT1NG',
      event_action: 'resolve',
      dedup_key: 'r1/g1',
    });
  });
});

describe('a mail', () => {
  const content = mailContentOf({ ...message, title: evil, body: evil }, mailTexts('en'));

  it('escapes what people can choose', () => {
    const html = mailHtml(content);
    expect(html).not.toContain('<b>');
    expect(html).not.toContain('<!channel>');
    expect(html).toContain('&lt;b&gt;');
    expect(html).toContain('href="https://id.example.com/if/admin/events/log/9"');
  });

  it('says the same as text', () => {
    const text = mailText(content);
    expect(text).toContain(evil);
    expect(text).toContain('Who: ana');
    expect(text).toContain('What: application Wiki');
    expect(text).toContain('Open in the event log: https://id.example.com/if/admin/events/log/9');
  });

  it('lists what a digest gathers, and says how much more there is', () => {
    const { items } = mailContentOf({ ...huge, entries: [entry] }, mailTexts('xx'));
    expect(items).toEqual(['2026-01-02T03:04:05Z Model updated by ana – application Wiki', 'and 899 more']);
  });

  it('is remembered without what stands behind the address of a link', () => {
    expect(
      maskLinks('go https://id.example.com/if/flow/x/?flow_token=abc&n=1 or https://b.example/#k=2 now'),
    ).toBe('go https://id.example.com/if/flow/x/?******** or https://b.example/#******** now');
  });
});
