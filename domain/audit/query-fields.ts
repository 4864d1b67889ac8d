import { actorTypes } from '../kernel/actor.js';
import { comparisonsIn, type Comparison, type Condition } from '../kernel/condition/condition.js';
import { vias } from '../kernel/event.js';
import { isWellFormedPath } from '../kernel/condition/record-path.js';
import { isNumeric } from '../kernel/condition/text-comparison.js';
import { auditActions, outcomes, severities } from './fact.js';

export type QueryFieldKind = 'text' | 'choice' | 'id' | 'time' | 'number';

/** A field of the event log that conditions may name. */
export interface QueryField {
  /** Path in the entry. */
  readonly name: string;
  readonly kind: QueryFieldKind;
  /** Further names, most of them those that other products use. */
  readonly aliases: readonly string[];
  /** All values there are, where the list is closed. */
  readonly values: readonly string[];
}

const field = (
  name: string,
  kind: QueryFieldKind,
  aliases: readonly string[] = [],
  values: readonly string[] = [],
): QueryField => ({ name, kind, aliases, values });

/** Fields that can be named as they stand here; others lie below `openPaths`. */
export const queryFields: readonly QueryField[] = [
  field('action', 'choice', [], auditActions),
  field('severity', 'choice', [], severities),
  field('outcome', 'choice', [], outcomes),
  field('reason', 'text'),
  field('occurredAt', 'time', ['created', 'at', 'time']),
  field('recordedAt', 'time'),
  field('actor.label', 'text', ['user', 'user.username', 'username', 'actor']),
  field('actor.id', 'text', ['user.pk', 'user.id']),
  field('actor.type', 'choice', ['user.type'], actorTypes),
  field('onBehalfOf.label', 'text', ['user.on_behalf_of.username', 'on_behalf_of']),
  field('onBehalfOf.id', 'text', ['user.on_behalf_of.pk']),
  field('onBehalfOf.type', 'text'),
  field('target.label', 'text', ['target', 'context.model.name']),
  field('target.type', 'text', ['context.model.model_name']),
  field('target.id', 'text', ['context.model.pk']),
  field('client.ip', 'text', ['client_ip', 'ip']),
  field('client.geo.country', 'text', ['context.geo.country', 'country']),
  field('client.geo.city', 'text', ['context.geo.city', 'city']),
  field('client.geo.continent', 'text', ['context.geo.continent']),
  field('client.geo.lat', 'number', ['context.geo.lat']),
  field('client.geo.lon', 'number', ['context.geo.long']),
  field('client.asn.number', 'number', ['context.asn.asn', 'asn']),
  field('client.asn.org', 'text', ['context.asn.as_org']),
  field('client.userAgent', 'text', ['context.http_request.user_agent', 'user_agent']),
  field('client.method', 'text', ['context.http_request.method']),
  field('client.path', 'text', ['context.http_request.path']),
  field('app', 'text'),
  field('via', 'choice', [], vias),
  field('brandId', 'text', ['brand', 'brand.pk', 'tenant_name']),
  field('changes[].field', 'text', ['changes.field', 'changes[].path']),
  field('comment', 'text'),
  field('id', 'id', ['event_uuid', 'pk']),
  field('position', 'number'),
  field('sessionId', 'text'),
  field('requestId', 'text', ['context.http_request.request_id']),
  field('commandId', 'id'),
  field('correlationId', 'text'),
];

/** Below these any path may be named: what stands there depends on the action. */
export const openPaths: readonly string[] = ['context', 'changes[].before', 'changes[].after'];

const byName = new Map(
  queryFields.flatMap((known) => [known.name, ...known.aliases].map((name) => [name.toLowerCase(), known])),
);

const isOpen = (path: string): boolean =>
  isWellFormedPath(path) &&
  openPaths.some((root) => path.startsWith(`${root}.`) || (path === root && root !== 'context'));

/** The field of a name or another name of it, whatever its case; null when there is none. */
export const queryField = (name: string): QueryField | null =>
  byName.get(name.toLowerCase()) ?? (isOpen(name) ? field(name, 'text') : null);

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a text is a time as entries hold it. */
export const isEntryTime = (text: string): boolean => time.test(text) && !Number.isNaN(Date.parse(text));

/** What is wrong with a comparison of an entry of the event log; null when it can be made. */
const comparisonProblem = (comparison: Comparison): string | null => {
  const known = queryField(comparison.field);
  if (known?.name !== comparison.field) return `There is no field ${comparison.field}.`;
  if (known.kind === 'time' && !('exists' in comparison)) {
    if (!('order' in comparison)) return `${known.name} can be compared with < <= > >= only.`;
    if (!isEntryTime(comparison.value))
      return `${comparison.value} is not a time in ISO 8601 with milliseconds, UTC.`;
  }
  if (known.kind === 'number' && 'order' in comparison && !isNumeric(comparison.value))
    return `${comparison.value} is not a number.`;
  return null;
};

/** What is wrong with a condition over entries of the event log: the first problem, null when there is none. */
export const conditionProblem = (condition: Condition): string | null =>
  comparisonsIn(condition)
    .map(comparisonProblem)
    .find((problem) => problem !== null) ?? null;
