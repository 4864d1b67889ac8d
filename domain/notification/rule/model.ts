import { parseDuration } from '../../kernel/duration.js';
import {
  choice,
  condition,
  duration,
  flag,
  maybeRef,
  number,
  refs,
  text,
  texts,
} from '../../kernel/field.js';
import { defineModel } from '../../kernel/model.js';
import { isWellFormedPath } from '../../kernel/condition/record-path.js';

const longestMs = 31 * 24 * 60 * 60 * 1000;
const address = /^[^\s<>@,;]+@[^\s<>@,;]+$/;

const isBounded = (value: string | null): boolean => {
  const ms = value === null ? 1 : (parseDuration(value) ?? 0);
  return ms > 0 && ms <= longestMs;
};

/** Sends a notification when entries of the event log meet its condition, often enough, or not for too long. */
export const notificationRule = defineModel('notification_rule', {
  fields: {
    name: text(),
    enabled: flag({ default: true }),
    when: condition('audit_entry'),
    trigger: choice('RuleTrigger', ['entry', 'count', 'absence'], { default: 'entry', absent: 'entry' }),
    threshold: number({ min: 1, max: 1000, default: 5, absent: 5 }),
    window: duration({ default: 'minutes=10', absent: 'minutes=10' }),
    groupBy: texts({ maxItems: 3, absent: [] }),
    suppressFor: duration({ nullable: true, absent: null }),
    digestEvery: duration({ nullable: true, absent: null }),
    severity: choice('Severity', ['notice', 'warning', 'alert'], { default: 'alert' }),
    transports: refs('notification_transport'),
    destinationGroup: maybeRef('group'),
    destinationEventUser: flag({ default: false }),
    destinationOwner: flag({ default: false, absent: false }),
    destinationAddresses: texts({ maxItems: 20, absent: [] }),
  },
  label: 'name',
  unique: ['name'],
  when: {
    threshold: { trigger: ['count'] },
    window: { trigger: ['count', 'absence'] },
    groupBy: { trigger: ['entry', 'count'] },
    suppressFor: { trigger: ['entry', 'count'] },
    digestEvery: { trigger: ['entry', 'count'] },
  },
  rules: [
    {
      fields: ['window'],
      code: 'TOO_LONG',
      message: 'Write a time of at most 31 days.',
      holds: ({ window }) => isBounded(window),
    },
    {
      fields: ['suppressFor'],
      code: 'TOO_LONG',
      message: 'Write a time of at most 31 days.',
      holds: ({ suppressFor }) => isBounded(suppressFor),
    },
    {
      fields: ['digestEvery'],
      code: 'TOO_LONG',
      message: 'Write a time of at most 31 days.',
      holds: ({ digestEvery }) => isBounded(digestEvery),
    },
    {
      fields: ['digestEvery', 'destinationEventUser', 'destinationOwner'],
      code: 'DIGEST_IS_SHARED',
      message: 'A digest gathers what many did: it goes to a group or to addresses only.',
      holds: ({ digestEvery, destinationEventUser, destinationOwner }) =>
        digestEvery === null || (!destinationEventUser && !destinationOwner),
    },
    {
      fields: ['groupBy'],
      code: 'NO_FIELD',
      message: 'Write names of fields, such as actor.id or client.ip.',
      holds: ({ groupBy }) => groupBy.every(isWellFormedPath),
    },
    {
      fields: ['destinationAddresses'],
      code: 'NO_ADDRESS',
      message: 'Write e-mail addresses, such as security@example.com.',
      holds: ({ destinationAddresses }) => destinationAddresses.every((text) => address.test(text)),
    },
  ],
  form: [
    { title: 'main', open: true, fields: ['name', 'enabled', 'severity'] },
    { title: 'condition', open: true, fields: ['when', 'trigger', 'threshold', 'window', 'groupBy'] },
    {
      title: 'delivery',
      open: true,
      fields: [
        'transports',
        'destinationGroup',
        'destinationEventUser',
        'destinationOwner',
        'destinationAddresses',
      ],
    },
    { title: 'frequency', fields: ['suppressFor', 'digestEvery'] },
  ],
  list: {
    columns: ['name', 'severity', 'trigger', 'destinationGroup', 'enabled'],
    filter: ['severity', 'enabled', 'trigger'],
    search: ['name'],
    order: ['name', 'severity'],
  },
});
