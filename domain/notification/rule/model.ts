import { choice, condition, flag, maybeRef, refs, text } from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';

/** Sends a notification when an audit entry meets its condition. */
export const notificationRule = defineModel('notification_rule', {
  fields: {
    name: text(),
    enabled: flag({ default: true }),
    when: condition('audit_entry'),
    severity: choice('Severity', ['notice', 'warning', 'alert'], { default: 'alert' }),
    transports: refs('notification_transport'),
    destinationGroup: maybeRef('group'),
    destinationEventUser: flag({ default: false }),
  },
  label: 'name',
  unique: ['name'],
  form: [
    { title: 'main', open: true, fields: ['name', 'enabled', 'severity'] },
    { title: 'condition', open: true, fields: ['when'] },
    { title: 'delivery', open: true, fields: ['transports', 'destinationGroup', 'destinationEventUser'] },
  ],
  list: {
    columns: ['name', 'severity', 'destinationGroup', 'enabled'],
    filter: ['severity', 'enabled'],
    search: ['name'],
    order: ['name', 'severity'],
  },
});
