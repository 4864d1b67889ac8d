import type { AuditEntry, AuditParty } from '../../audit/entry.js';
import { nameOf } from '../words-v1.js';
import { ipOf } from '../ip-of.js';

export type Attributes = Readonly<Record<string, unknown>>;

const product = 'Muniment';

const userTypes: Readonly<Record<string, number>> = { user: 1, system: 3, anonymous: 0 };

/** An actor or target as an OCSF user. */
export const userOf = ({ type, id, label }: AuditParty): Attributes => ({
  uid: id,
  name: label,
  type_id: userTypes[type] ?? 99,
  ...(type === 'user' ? {} : { type }),
});

/** The person whom an entry is about; its actor when it is about nobody else. */
const subjectOf = (entry: AuditEntry): AuditParty =>
  entry.target?.type === 'user' ? entry.target : (entry.onBehalfOf ?? entry.actor);

const entityTypes: Readonly<Record<string, string>> = {
  source_linked: 'FederatedIdentity',
  change_requested: 'ChangeRequest',
  change_approved: 'ChangeRequest',
  change_rejected: 'ChangeRequest',
  change_executed: 'ChangeRequest',
  change_expired: 'ChangeRequest',
};

const entityOf = (entry: AuditEntry): Attributes => {
  const { target } = entry;
  const named = entityTypes[entry.action];
  const type = named ?? target?.type ?? 'installation';
  return {
    uid: target?.id ?? entry.tenant,
    name: target?.label ?? null,
    type,
    type_id: named === undefined && type === 'user' ? 2 : 99,
  };
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const factors: Readonly<Record<string, number>> = {
  sms: 1,
  duo: 5,
  push: 5,
  totp: 7,
  static: 7,
  email: 8,
  webauthn: 10,
  password: 11,
};

const protocolOf = (method: string | null): number => {
  if (method === null) return 0;
  if (method.startsWith('oauth')) return 6;
  if (method.startsWith('saml')) return 5;
  if (method.startsWith('oidc')) return 4;
  if (method.startsWith('ldap')) return 12;
  if (method.startsWith('radius')) return 10;
  return method === 'basic' ? 11 : 99;
};

const switched = ['impersonation_started', 'impersonation_ended'];

const authentication = (entry: AuditEntry): Attributes => {
  const method = textOf(entry.context['auth_method']);
  const devices = entry.context['mfa_devices'];
  const factor = method === null ? undefined : factors[method];
  return {
    user: userOf(subjectOf(entry)),
    service: { name: textOf(entry.context['application']) ?? product },
    ...(method === null ? {} : { auth_protocol: method, auth_protocol_id: protocolOf(method) }),
    ...(factor === undefined
      ? {}
      : { auth_factors: [{ factor_type_id: factor, ...(method === 'totp' ? { is_totp: true } : {}) }] }),
    is_mfa: Array.isArray(devices) && devices.length > 0,
    ...(switched.includes(entry.action)
      ? { account_switch_type: 'Impersonate', account_switch_type_id: 2 }
      : {}),
    ...((entry.action as string) === 'break_glass_used'
      ? { account_switch_type: 'Break Glass', account_switch_type_id: 99 }
      : {}),
  };
};

const privilegesOf = (entry: AuditEntry): readonly string[] => {
  const scopes = textOf(entry.context['scopes']);
  if (scopes !== null) return scopes.split(' ');
  const { target } = entry;
  return [target === null ? entry.action : `${target.type}:${target.label ?? target.id}`];
};

const changedUser = (entry: AuditEntry): Attributes | null => {
  for (const { field, before, after } of entry.changes)
    if (field === 'users' || field === 'user') {
      const id = textOf(after) ?? textOf(before);
      if (id !== null) return userOf({ type: 'user', id, label: null });
    }
  return null;
};

const newParent = (entry: AuditEntry): string | null => {
  const after = entry.changes.find(({ field }) => field === 'parents')?.after;
  return Array.isArray(after) ? textOf(after[0]) : textOf(after);
};

const srcEndpoint = ({ client }: AuditEntry): Attributes => {
  const ip = ipOf(client.ip);
  if (ip === null) return { name: product.toLowerCase() };
  return {
    ip: ip.text,
    location: {
      continent: client.geo?.continent,
      country: client.geo?.country,
      city: client.geo?.city,
      ...(client.geo?.lat == null || client.geo.lon == null
        ? {}
        : { lat: client.geo.lat, long: client.geo.lon }),
    },
    autonomous_system: { number: client.asn?.number, name: client.asn?.org },
  };
};

const emailOf = ({ context }: AuditEntry): Attributes => {
  const to = context['to_email'] ?? context['to'];
  return {
    from: textOf(context['from_email']) ?? textOf(context['from']) ?? '',
    to: (Array.isArray(to) ? to : [to]).filter((address) => typeof address === 'string'),
    subject: textOf(context['subject']),
  };
};

const byClass: Readonly<Record<number, (entry: AuditEntry) => Attributes>> = {
  1006: (entry) => ({
    device: { type_id: 1, hostname: product.toLowerCase() },
    job: { name: textOf(entry.context['task']) ?? entry.target?.label ?? nameOf(entry) },
  }),
  1008: () => ({ device: { type_id: 1, hostname: product.toLowerCase() }, log_name: 'muniment-audit' }),
  2004: (entry) => ({ finding_info: { uid: entry.id, title: nameOf(entry) } }),
  3001: (entry) => ({ user: userOf(subjectOf(entry)) }),
  3002: authentication,
  3003: (entry) => ({ user: userOf(subjectOf(entry)), privileges: privilegesOf(entry) }),
  3004: (entry) => ({ entity: entityOf(entry) }),
  3005: (entry) => ({
    user: changedUser(entry) ?? userOf(entry.target ?? entry.actor),
    privileges: privilegesOf(entry),
    resources: [{ uid: entry.target?.id, name: entry.target?.label, type: entry.target?.type }],
  }),
  3006: (entry) => ({
    group: { uid: entry.target?.id ?? '', name: entry.target?.label },
    user: changedUser(entry),
    subgroup: { uid: newParent(entry) },
  }),
  3007: (entry) => ({
    user:
      entry.target?.type === 'user' ? userOf(entry.target) : (changedUser(entry) ?? userOf(subjectOf(entry))),
  }),
  3008: (entry) => ({
    iam_role: { uid: entry.target?.id, name: entry.target?.label },
    privileges: privilegesOf(entry),
  }),
  4009: (entry) => ({ direction: 'Outbound', direction_id: 2, email: emailOf(entry) }),
  6002: (entry) => ({ app: { name: product, version: textOf(entry.context['new_version']) } }),
  6003: (entry) => ({
    api: { operation: entry.action, request: { uid: entry.requestId ?? entry.commandId } },
    src_endpoint: srcEndpoint(entry),
    ...(entry.action === 'policy_execution'
      ? {
          action_id: entry.outcome === 'success' ? 1 : 2,
          disposition_id: entry.outcome === 'success' ? 1 : 2,
          policy: { uid: entry.target?.id, name: entry.target?.label },
        }
      : {}),
  }),
  6008: () => ({}),
};

/** What the class of an entry asks for beyond the base event, and from where the request came. */
export const attributesOf = (classUid: number, entry: AuditEntry): Attributes => ({
  ...(entry.client.ip === null ? {} : { src_endpoint: srcEndpoint(entry) }),
  ...byClass[classUid]?.(entry),
});
