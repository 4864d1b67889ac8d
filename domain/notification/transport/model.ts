import { choice, flag, list, maybeRef, secret, text } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/** Names that the product sets itself, or that would let a header carry a secret in the clear. */
const ownHeaders =
  /^(content-type|content-length|host|user-agent|authorization|proxy-.*|cookie|webhook-.*)$/i;
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const byWeb = ['webhook', 'webhook_slack', 'slack', 'discord', 'teams', 'pagerduty'] as const;

/** A way by which notifications reach people or programs. */
export const notificationTransport = defineModel('notification_transport', {
  fields: {
    name: text(),
    enabled: flag({ default: true, absent: true }),
    mode: choice('TransportMode', ['local', 'email', ...byWeb]),
    webhookUrl: text({ max: 2000, format: 'http_url', nullable: true }),
    webhookCa: maybeRef('certificate', { onDelete: 'restrict', absent: null }),
    webhookSecret: secret({ nullable: true }),
    webhookAuthorization: secret({ nullable: true, absent: null }),
    webhookBody: text({ max: 10_000, multiline: true, nullable: true, absent: null }),
    webhookHeaders: list(
      'WebhookHeader',
      { name: text({ max: 100 }), value: text({ max: 1000 }) },
      { key: ['name'], maxItems: 20, absent: [] },
    ),
    routingKey: secret({ nullable: true, absent: null }),
    emailSubjectPrefix: text({ min: 0, max: 100, default: 'Muniment: ', absent: 'Muniment: ' }),
    sendOnce: flag({ default: false }),
  },
  label: 'name',
  unique: ['name'],
  when: {
    webhookUrl: { mode: byWeb },
    webhookCa: { mode: byWeb },
    webhookSecret: { mode: ['webhook'] },
    webhookAuthorization: { mode: ['webhook'] },
    webhookBody: { mode: ['webhook'] },
    webhookHeaders: { mode: ['webhook'] },
    routingKey: { mode: ['pagerduty'] },
    emailSubjectPrefix: { mode: ['email'] },
    sendOnce: { mode: ['email', 'webhook', 'webhook_slack', 'slack', 'discord', 'teams'] },
  },
  required: ['webhookUrl', 'routingKey'],
  rules: [
    {
      fields: ['webhookHeaders'],
      code: 'NO_HEADER',
      message: 'Write names of headers that the product does not set itself.',
      holds: ({ webhookHeaders }) =>
        webhookHeaders.every(({ name }) => headerName.test(name) && !ownHeaders.test(name)),
    },
  ],
  permissions: ['test'],
  list: {
    columns: ['name', 'mode', 'enabled'],
    filter: ['mode', 'enabled'],
    search: ['name'],
    order: ['name', 'mode'],
  },
});
