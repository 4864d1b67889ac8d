import type { AuditEntry } from '../audit/entry.js';

/** What the formats of other products call an action. Frozen: other codes are another version of the mappers. */
export interface Codes {
  /** `class_uid * 100 + activity_id`, in 1.8 and in 1.9. */
  readonly ocsf: readonly [v1_8: number, v1_9: number];
  /** OCSF `severity_id`: 1 informational to 6 fatal. */
  readonly severity: number;
  readonly cef: readonly [id: number, severity: number];
  readonly ecs: { readonly category: readonly string[]; readonly type: readonly string[] };
  readonly isAlert: boolean;
}

const codes = (
  ocsf: number | readonly [number, number],
  severity: number,
  cef: readonly [number, number],
  category: string,
  type: string,
  isAlert = false,
): Codes => ({
  ocsf: typeof ocsf === 'number' ? [ocsf, ocsf] : ocsf,
  severity,
  cef,
  ecs: { category: category === '' ? [] : category.split(' '), type: type.split(' ') },
  isAlert,
});

type Choose = (entry: AuditEntry) => Codes;

const failed = ({ outcome }: AuditEntry): boolean => outcome === 'failure';
const changed = (entry: AuditEntry, field: string, after?: unknown): boolean =>
  entry.changes.some(
    (change) => change.field === field && (after === undefined || Object.is(change.after, after)),
  );
const has = (value: unknown): boolean => value !== null && value !== undefined;
const gained = (entry: AuditEntry, field: string): boolean =>
  entry.changes.some((change) => change.field === field && has(change.after) && !has(change.before));
const lost = (entry: AuditEntry, field: string): boolean =>
  entry.changes.some((change) => change.field === field && has(change.before) && !has(change.after));

const user = {
  created: codes([300101, 300701], 1, [1711, 3], 'iam', 'user creation'),
  updated: codes([300403, 300702], 1, [1712, 3], 'iam', 'user change'),
  deleted: codes([300106, 300703], 3, [1713, 5], 'iam', 'user deletion'),
  disabled: codes([300105, 300705], 3, [1714, 5], 'iam', 'user change'),
  enabled: codes([300102, 300704], 2, [1715, 4], 'iam', 'user change'),
  locked: codes([300109, 300706], 3, [1716, 5], 'iam', 'user change'),
  factorAdded: codes([300110, 300712], 2, [1717, 4], 'iam', 'user change'),
  factorRemoved: codes([300111, 300713], 3, [1718, 5], 'iam', 'user change'),
};

const group = {
  created: codes(300606, 2, [1721, 3], 'iam', 'group creation'),
  deleted: codes(300605, 2, [1722, 5], 'iam', 'group deletion'),
  userAdded: codes(300603, 2, [1723, 4], 'iam', 'group change'),
  userRemoved: codes(300604, 2, [1724, 4], 'iam', 'group change'),
  subgroupAdded: codes(300607, 2, [1725, 4], 'iam', 'group change'),
  updated: codes(300403, 2, [1726, 3], 'iam', 'group change'),
};

const role = {
  created: codes([300501, 300801], 3, [1731, 5], 'iam', 'admin change'),
  updated: codes([300501, 300802], 3, [1732, 5], 'iam', 'admin change'),
  deleted: codes([300502, 300803], 3, [1733, 5], 'iam', 'admin change'),
};

const privileges = {
  assigned: codes([300501, 300714], 3, [1731, 5], 'iam', 'admin change'),
  changed: codes([300501, 300714], 3, [1732, 5], 'iam', 'admin change'),
  revoked: codes([300502, 300715], 3, [1734, 5], 'iam', 'admin change'),
};

const factorTypes = ['device', 'authenticator'];
const privilegeTypes = ['permission', 'policybinding'];

const ofModelCreated: Choose = ({ target }) => {
  const type = target?.type ?? '';
  if (type === 'user') return user.created;
  if (type === 'group') return group.created;
  if (type === 'role') return role.created;
  if (privilegeTypes.includes(type)) return privileges.assigned;
  if (factorTypes.includes(type)) return user.factorAdded;
  return codes(300401, 1, [1701, 3], 'configuration', 'creation');
};

const ofUserUpdated: Choose = (entry) => {
  if (changed(entry, 'isActive', false)) return user.disabled;
  if (changed(entry, 'isActive', true)) return user.enabled;
  if (changed(entry, 'isLocked', true)) return user.locked;
  return user.updated;
};

const ofGroupUpdated: Choose = (entry) => {
  if (gained(entry, 'users')) return group.userAdded;
  if (lost(entry, 'users')) return group.userRemoved;
  if (changed(entry, 'parents')) return group.subgroupAdded;
  return group.updated;
};

const ofModelUpdated: Choose = (entry) => {
  const type = entry.target?.type ?? '';
  if (type === 'user') return ofUserUpdated(entry);
  if (type === 'group') return ofGroupUpdated(entry);
  if (type === 'role') return role.updated;
  if (privilegeTypes.includes(type)) return privileges.changed;
  return codes(300403, 2, [1702, 3], 'configuration', 'change');
};

const ofModelDeleted: Choose = ({ target }) => {
  const type = target?.type ?? '';
  if (type === 'user') return user.deleted;
  if (type === 'group') return group.deleted;
  if (type === 'role') return role.deleted;
  if (privilegeTypes.includes(type)) return privileges.revoked;
  if (factorTypes.includes(type)) return user.factorRemoved;
  return codes(300404, 3, [1703, 5], 'configuration', 'deletion');
};

const userWritten: readonly [created: Codes, changed: Codes] = [
  codes([300101, 300701], 1, [1101, 3], 'iam', 'user creation'),
  codes([300403, 300702], 1, [1102, 3], 'iam', 'user change'),
];
const passwordSet: readonly [self: Codes, other: Codes] = [
  codes([300103, 300708], 2, [1103, 4], 'iam', 'user change'),
  codes([300104, 300709], 3, [1104, 6], 'iam', 'user admin change'),
];
const secretRotated: readonly [own: Codes, other: Codes] = [
  codes([300403, 300718], 3, [1202, 6], 'configuration', 'change'),
  codes(300403, 3, [1202, 6], 'configuration', 'change'),
];
const authorized: readonly [allowed: Codes, denied: Codes] = [
  codes(300301, 1, [1301, 2], 'session api', 'info allowed'),
  codes(300301, 1, [1302, 5], 'session api', 'info denied'),
];
const flowExecuted: readonly [authentication: Codes, other: Codes] = [
  codes(300206, 1, [1501, 1], 'authentication', 'info'),
  codes(600301, 1, [1501, 1], 'api', 'info'),
];
const policyExecuted: readonly [allowed: Codes, denied: Codes] = [
  codes(600302, 1, [1502, 1], 'api', 'allowed'),
  codes(600302, 1, [1502, 1], 'api', 'denied'),
];
const requested = (id: number): Codes => codes(300403, 2, [id, 4], 'configuration', 'info');

const table: Readonly<Record<string, Codes | Choose>> = {
  login: codes(300201, 1, [1001, 2], 'authentication session', 'start'),
  login_failed: codes(300201, 2, [1002, 5], 'authentication', 'start'),
  logout: codes(300202, 1, [1003, 2], 'authentication session', 'end'),
  user_write: ({ context }) => (context['created'] === true ? userWritten[0] : userWritten[1]),
  suspicious_request: codes(200401, 4, [1901, 8], 'intrusion_detection', 'denied', true),
  password_set: ({ actor, target, onBehalfOf }) =>
    actor.id === target?.id && onBehalfOf === null ? passwordSet[0] : passwordSet[1],
  secret_view: codes(300402, 3, [1201, 6], 'configuration', 'access'),
  secret_rotate: ({ target }) => (target?.type === 'token' ? secretRotated[0] : secretRotated[1]),
  invitation_used: codes(300406, 1, [1105, 3], 'iam', 'user info'),
  authorize_application: (entry) => (failed(entry) ? authorized[1] : authorized[0]),
  source_linked: codes([300406, 300702], 2, [1106, 4], 'iam', 'user change'),
  impersonation_started: codes(300207, 4, [1401, 8], 'authentication session', 'start'),
  impersonation_ended: codes(300202, 2, [1402, 4], 'authentication session', 'end'),
  flow_execution: ({ context }) =>
    context['designation'] === 'authentication' ? flowExecuted[0] : flowExecuted[1],
  policy_execution: (entry) => (failed(entry) ? policyExecuted[1] : policyExecuted[0]),
  policy_exception: codes(600801, 3, [1503, 6], 'web', 'error'),
  property_mapping_exception: codes(600801, 3, [1504, 6], 'web', 'error'),
  system_task_execution: codes(100606, 1, [1601, 1], 'process', 'info'),
  system_task_exception: codes(100606, 3, [1602, 6], 'process', 'end'),
  system_exception: codes(600801, 4, [1603, 8], 'web', 'error'),
  configuration_error: codes(600801, 3, [1604, 7], 'configuration', 'info'),
  configuration_warning: codes(600801, 2, [1605, 4], 'configuration', 'info'),
  model_created: ofModelCreated,
  model_updated: ofModelUpdated,
  model_deleted: ofModelDeleted,
  email_sent: codes(400901, 1, [1801, 1], 'email', 'info'),
  update_available: codes(600299, 1, [1802, 2], 'package', 'info'),
  export_ready: codes(100803, 3, [1803, 5], 'file', 'creation'),
  review_initiated: codes(300401, 1, [1851, 2], 'iam', 'info'),
  review_attested: codes(300403, 1, [1852, 2], 'iam', 'info'),
  review_completed: codes(300403, 1, [1853, 2], 'iam', 'info'),
  review_overdue: codes(300499, 3, [1854, 6], 'iam', 'info'),
  change_requested: codes(300401, 2, [1861, 4], 'configuration', 'info'),
  change_approved: requested(1862),
  change_rejected: requested(1863),
  change_executed: requested(1864),
  change_expired: requested(1865),
  break_glass_used: codes(300207, 5, [1866, 10], 'iam', 'admin', true),
  legal_hold_placed: codes(300408, 3, [1871, 5], 'configuration', 'change'),
  legal_hold_released: codes(300409, 3, [1872, 5], 'configuration', 'change'),
  erasure_completed: codes(300404, 3, [1873, 5], 'configuration', 'change'),
  sink_paused: codes(100807, 3, [1881, 6], 'configuration', 'info'),
  sink_dead_letter: codes(600801, 3, [1882, 6], 'configuration', 'info'),
  log_divergence: codes(200401, 5, [1883, 10], 'intrusion_detection', 'info', true),
};

/** Actions that have codes of their own. */
export const codedActions: readonly string[] = Object.keys(table);

/** What a product's own and a site's custom actions are called. */
const other = codes(600399, 1, [1999, 3], 'configuration', 'info');

/** The codes of an entry. */
export const codesOf = (entry: AuditEntry): Codes => {
  const found = Object.hasOwn(table, entry.action) ? table[entry.action] : undefined;
  if (found === undefined) return other;
  return typeof found === 'function' ? found(entry) : found;
};
