import { describe, expect, it } from 'vitest';
import { notificationRule } from '../../../domain/notification/rule/model.js';
import { eventUserOf, rulesMetBy } from '../../../domain/notification/matching.js';
import { entryWith } from '../../support/entry-with.js';
import { configOf } from '../../support/config-of.js';

const ids = {
  rule: '00000000-0000-4000-8000-000000000001',
  other: '00000000-0000-4000-8000-000000000002',
  transport: '00000000-0000-4000-8000-000000000003',
  group: '00000000-0000-4000-8000-000000000004',
};
const now = { at: new Date(1000), position: 0n };

const leading = { transports: [ids.transport], destinationGroup: ids.group };
const met = (values: Record<string, unknown>, record: Record<string, string | null>, made = now): number =>
  rulesMetBy(
    configOf([{ model: notificationRule, id: ids.rule, values: { ...leading, ...values } }]),
    entryWith(record),
    made,
  ).length;

describe('a rule meets an entry', () => {
  const entry = {
    action: 'login_failed',
    'target.type': 'user',
    'client.ip': '192.0.2.7',
    'actor.type': 'anonymous',
  };

  it.each([
    ['action', { field: 'action', is: ['login', 'login_failed'] }, 1],
    ['another action', { field: 'action', is: ['login'] }, 0],
    ['model', { field: 'target.type', is: ['user'] }, 1],
    ['address', { field: 'client.ip', is: ['192.0.2.7'] }, 1],
    ['network', { field: 'client.ip', startsWith: '192.0.2.' }, 1],
    [
      'all of them',
      {
        all: [
          { field: 'action', is: ['login_failed'] },
          { field: 'client.ip', is: ['192.0.2.8'] },
        ],
      },
      0,
    ],
    [
      'any of them',
      {
        any: [
          { field: 'action', is: ['login_failed'] },
          { field: 'client.ip', is: ['192.0.2.8'] },
        ],
      },
      1,
    ],
  ])('by %s', (_what, when, count) => {
    expect(met({ when }, entry)).toBe(count);
  });

  it.each([
    ['is switched off', { enabled: false }],
    ['has no transport', { transports: [] }],
    ['has nobody to tell', { destinationGroup: null }],
  ])('not when it %s', (_what, values) => {
    expect(met(values, entry)).toBe(0);
    expect(met({}, entry)).toBe(1);
  });

  it('that only tells the event user is met', () => {
    expect(met({ destinationGroup: null, destinationEventUser: true }, entry)).toBe(1);
  });

  it('not when the entry is older than the rule', () => {
    expect(met({}, entry, { at: new Date(-1), position: 0n })).toBe(0);
    expect(met({}, entry, { at: new Date(0), position: 0n })).toBe(1);
  });

  it('R13: that stands behind the rule in the log, also when the clock was set back in between', () => {
    expect(met({}, entry, { at: new Date(-1), position: 5n })).toBe(1);
  });

  it('in an order that does not depend on the order in which they were made', () => {
    const rules = [ids.other, ids.rule].map((id) => ({ model: notificationRule, id, values: leading }));
    expect(rulesMetBy(configOf(rules), entryWith(entry), now).map((rule) => rule.id)).toEqual([
      ids.rule,
      ids.other,
    ]);
  });
});

describe('the loop guard', () => {
  it.each([
    [
      'a delivery given up',
      { action: 'system_task_exception', 'actor.type': 'system', 'actor.id': 'notifications' },
    ],
    [
      'a test of a transport',
      { action: 'custom_notification_test', 'actor.type': 'user', 'actor.id': ids.other },
    ],
  ])('%s meets no rule, not even one that meets everything', (_what, entry) => {
    expect(met({ when: { all: [] } }, entry)).toBe(0);
  });

  it('the work of other jobs, and of a person called like the job, meets rules', () => {
    expect(met({}, { action: 'login', 'actor.type': 'system', 'actor.id': 'housekeeping' })).toBe(1);
    expect(met({}, { action: 'login', 'actor.type': 'user', 'actor.id': 'notifications' })).toBe(1);
  });
});

describe('the event user', () => {
  it.each([
    ['who did it', { 'actor.type': 'user', 'actor.id': 'a', 'target.type': 'user', 'target.id': 'b' }, 'a'],
    [
      'to whom a stranger did it',
      { 'actor.type': 'anonymous', 'actor.id': 'x', 'target.type': 'user', 'target.id': 'b' },
      'b',
    ],
    [
      'nobody, for a job',
      { 'actor.type': 'system', 'actor.id': 'x', 'target.type': 'user', 'target.id': 'b' },
      null,
    ],
    [
      'nobody, for a stranger and a thing',
      { 'actor.type': 'anonymous', 'actor.id': 'x', 'target.type': 'flow', 'target.id': 'b' },
      null,
    ],
  ])('is %s', (_what, record, expected) => {
    expect(eventUserOf(entryWith(record))).toBe(expected);
  });
});
