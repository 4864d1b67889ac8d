import { choice, flag, secret, text } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/** A way by which notifications reach people or programs. */
export const notificationTransport = defineModel('notification_transport', {
  fields: {
    name: text(),
    mode: choice('TransportMode', ['local', 'webhook', 'webhook_slack']),
    webhookUrl: text({ max: 2000, format: 'http_url', nullable: true }),
    webhookSecret: secret({ nullable: true }),
    sendOnce: flag({ default: false }),
  },
  label: 'name',
  unique: ['name'],
  when: {
    webhookUrl: { mode: ['webhook', 'webhook_slack'] },
    webhookSecret: { mode: ['webhook'] },
    sendOnce: { mode: ['webhook', 'webhook_slack'] },
  },
  required: ['webhookUrl'],
  permissions: ['test'],
  list: { columns: ['name', 'mode'], filter: ['mode'], search: ['name'], order: ['name', 'mode'] },
});
