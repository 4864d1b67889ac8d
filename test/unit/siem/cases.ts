import type { AuditChange } from '../../../domain/audit/fact.js';
import type { AuditEntry } from '../../../domain/audit/entry.js';
import { codedActions } from '../../../domain/siem/codes-v1.js';
import { auditEntry } from '../../support/audit-entry.js';

const id = '0198c9a0-4444-7000-8000-000000000001';
const bob = { type: 'user', id: '0198c9a0-0000-7000-8000-000000000002', label: 'bob' };
const object = (type: string): AuditEntry['target'] => ({ type, id, label: `a ${type}` });
const change = (field: string, before: unknown, after: unknown): readonly AuditChange[] => [
  { field, before, after },
];

/** What entries of some actions hold beside the common. */
const particulars: Readonly<Record<string, Partial<AuditEntry>>> = {
  login: { context: { auth_method: 'password', auth_method_args: {} } },
  login_failed: { outcome: 'failure', reason: 'wrong_password', severity: 'warning' },
  suspicious_request: { outcome: 'failure', reason: 'code_reused', severity: 'warning', target: null },
  authorize_application: { target: object('application'), context: { scopes: 'openid profile' } },
  secret_view: { target: object('provider'), context: { field: 'clientSecret' } },
  secret_rotate: { target: object('provider') },
  impersonation_started: { target: bob, severity: 'warning' },
  impersonation_ended: { target: bob },
  flow_execution: { target: object('flow'), context: { designation: 'authentication' } },
  policy_execution: { target: object('policy') },
  system_task_execution: { actor: { type: 'system', id: 'jobs', label: null }, target: null },
  system_task_exception: { outcome: 'failure', target: null, context: { message: 'The task failed.' } },
  model_created: { target: object('application'), changes: change('name', null, 'Wiki') },
  model_updated: { target: object('application'), changes: change('name', 'Wiki', 'Docs') },
  model_deleted: { target: object('application'), severity: 'warning' },
  email_sent: {
    target: null,
    context: { subject: 'Reset', from_email: 'idp@example.com', to_email: ['ana@example.com'] },
  },
  update_available: { target: null, context: { new_version: '2.0.0' } },
  sink_paused: { target: object('sink'), severity: 'warning' },
  sink_dead_letter: { target: object('sink'), outcome: 'failure', severity: 'warning' },
  custom_notification_test: { target: object('notificationtransport') },
};

const variants: Readonly<Record<string, AuditEntry>> = {
  'user_write, created': auditEntry('user_write', { context: { created: true } }),
  'password_set by another': auditEntry('password_set', { target: bob }),
  'secret_rotate of a token': auditEntry('secret_rotate', { target: object('token') }),
  'authorize_application, denied': auditEntry('authorize_application', {
    target: object('application'),
    outcome: 'failure',
    reason: 'POLICY_DENIED',
  }),
  'flow_execution, other': auditEntry('flow_execution', { target: object('flow') }),
  'policy_execution, denied': auditEntry('policy_execution', {
    target: object('policy'),
    outcome: 'failure',
  }),
  'user created': auditEntry('model_created', { target: bob }),
  'user changed': auditEntry('model_updated', { target: bob, changes: change('name', 'B', 'Bob') }),
  'user disabled': auditEntry('model_updated', { target: bob, changes: change('isActive', true, false) }),
  'user enabled': auditEntry('model_updated', { target: bob, changes: change('isActive', false, true) }),
  'user locked': auditEntry('model_updated', { target: bob, changes: change('isLocked', false, true) }),
  'user deleted': auditEntry('model_deleted', { target: bob }),
  'device added': auditEntry('model_created', { target: object('device') }),
  'device removed': auditEntry('model_deleted', { target: object('device') }),
  'group created': auditEntry('model_created', { target: object('group') }),
  'group deleted': auditEntry('model_deleted', { target: object('group') }),
  'group changed': auditEntry('model_updated', {
    target: object('group'),
    changes: change('name', 'a', 'b'),
  }),
  'member added': auditEntry('model_updated', {
    target: object('group'),
    changes: change('users', null, bob.id),
  }),
  'member removed': auditEntry('model_updated', {
    target: object('group'),
    changes: change('users', bob.id, null),
  }),
  'group nested': auditEntry('model_updated', {
    target: object('group'),
    changes: change('parents', [], [id]),
  }),
  'role created': auditEntry('model_created', { target: object('role') }),
  'role changed': auditEntry('model_updated', { target: object('role') }),
  'role deleted': auditEntry('model_deleted', { target: object('role') }),
  'binding created': auditEntry('model_created', { target: object('policybinding') }),
  'binding changed': auditEntry('model_updated', { target: object('policybinding') }),
  'binding deleted': auditEntry('model_deleted', { target: object('policybinding') }),
  'an anonymous visitor by IPv6': auditEntry('login_failed', {
    actor: { type: 'anonymous', id: 'anonymous', label: null },
    target: null,
    client: {
      ...auditEntry('login').client,
      ip: '2001:db8::7',
      geo: null,
      asn: null,
    },
  }),
  'on behalf of another': auditEntry('model_updated', { target: object('brand'), onBehalfOf: bob }),
  'what was erased': auditEntry('login', {
    actor: { type: 'user', id, label: '[erased]' },
    client: { ...auditEntry('login').client, ip: '[erased]', userAgent: '[erased]' },
  }),
  'text that would break lines': auditEntry('configuration_error', {
    actor: { type: 'user', id, label: 'eve\nCEF:0|x=1^y|\\' },
    context: { message: 'first\r\nsecond=2|3^4\\ \u2028 end' },
  }),
};

/** Every action of the vocabulary, and what makes some of them read otherwise. */
export const cases: ReadonlyMap<string, AuditEntry> = new Map([
  ...[...codedActions, 'custom_notification_test'].map(
    (action) => [action, auditEntry(action, particulars[action])] as const,
  ),
  ...Object.entries(variants),
]);
