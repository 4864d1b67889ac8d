import { hasMessage, t } from '../../../messages/t.js';
import { categoryLabel, loggedFieldLabel } from '../../model/labels.js';
import type { AuditEntry } from '../entry.js';

/** What an entry tells in its context, ready to be shown. */
export type ContextFact = { readonly key: string; readonly label: string } & (
  | { readonly kind: 'text' | 'code' | 'json'; readonly text: string }
  | { readonly kind: 'object'; readonly target: string; readonly id: string }
  | { readonly kind: 'entry'; readonly id: string }
  | { readonly kind: 'stages'; readonly stages: readonly Stage[] }
);

interface Stage {
  readonly stageId: string;
  readonly outcome: string;
}

/** Kinds of objects that members of a context refer to. */
const targets: Readonly<Record<string, string>> = {
  application: 'application',
  authorized_application: 'application',
  flow: 'flow',
  group: 'group',
  mapping: 'mapping',
  provider: 'provider',
  rule: 'notification_rule',
  stage: 'stage',
  transport: 'notification_transport',
  user: 'user',
};
const entries = ['entry', 'reverts', 'event'];
/** Text that machines wrote, for eyes that read it sign by sign. */
const machine = [
  'exception',
  'expression',
  'grant',
  'identifier_hash',
  'key_digest',
  'error_id',
  'next',
  'query',
  'where',
  'trace',
];
const exceptions = [
  'policy_exception',
  'property_mapping_exception',
  'system_exception',
  'system_task_exception',
];
/** Members that a view of their own shows. */
const shownElsewhere: Readonly<Record<string, readonly string[]>> = {
  email_sent: ['message', 'message_id', 'subject', 'body', 'from_email', 'to_email'],
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const labelOf = (action: string, key: string): string => {
  const message = [`log.view.${action}.${key}`, `log.context.${key}`].find(hasMessage);
  if (message !== undefined) return t(message);
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const isStages = (value: unknown): value is readonly Stage[] =>
  Array.isArray(value) && value.every((item) => typeof (item as Partial<Stage> | null)?.stageId === 'string');

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

/** A value of a closed list in words. */
const wordOf = (entry: AuditEntry, key: string, value: string): string => {
  const { kind = null } = entry.context as { readonly kind?: string };
  if (key === 'field') return loggedFieldLabel(entry.targetType, kind, value);
  if (key === 'kind') return categoryLabel(value, `${entry.targetType ?? ''}.${value}`);
  const message = `log.context.${key}.${value}`;
  return hasMessage(message) ? t(message) : value;
};

const factOf = (entry: AuditEntry, key: string, value: unknown): ContextFact => {
  const { action } = entry;
  const named = { key, label: labelOf(action, key) };
  if (typeof value === 'string') {
    const target = targets[key];
    if (target !== undefined && uuid.test(value)) return { ...named, kind: 'object', target, id: value };
    if (entries.includes(key) && uuid.test(value)) return { ...named, kind: 'entry', id: value };
    const isMachine = machine.includes(key) || (key === 'message' && exceptions.includes(action));
    return { ...named, kind: isMachine ? 'code' : 'text', text: wordOf(entry, key, value) };
  }
  if (typeof value === 'boolean') return { ...named, kind: 'text', text: t(value ? 'yes' : 'no') };
  if (typeof value === 'number') return { ...named, kind: 'text', text: String(value) };
  if (key === 'stages' && isStages(value)) return { ...named, kind: 'stages', stages: value };
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return { ...named, kind: 'text', text: value.join(', ') };
  return { ...named, kind: 'json', text: JSON.stringify(value, null, 2) };
};

/** Members whose own members are told beside the others. */
const opened = ['auth_method_args', 'detail'];

const membersOf = (context: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  Object.entries(context).flatMap(([key, value]) =>
    opened.includes(key) && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
      : [[key, value] as const],
  );

/** Context of an entry by its members; what is empty says nothing. */
export const contextFacts = (entry: AuditEntry): readonly ContextFact[] =>
  membersOf(entry.context as Readonly<Record<string, unknown>>)
    .filter(([key, value]) => !isEmpty(value) && !(shownElsewhere[entry.action] ?? []).includes(key))
    .map(([key, value]) => factOf(entry, key, value));

/** Heading above what an action tells. */
export const contextTitle = (action: string): string => {
  const key = `log.view.${action}`;
  return hasMessage(key) ? t(key) : t('log.context');
};
