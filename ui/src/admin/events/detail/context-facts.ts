import { hasMessage, t } from '../../../messages/t.js';
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
const machine = ['exception', 'expression', 'identifier_hash', 'key_digest', 'error_id', 'where', 'trace'];
const exceptions = [
  'policy_exception',
  'property_mapping_exception',
  'system_exception',
  'system_task_exception',
];
/** Members that a view of their own shows. */
const shownElsewhere: Readonly<Record<string, readonly string[]>> = {
  email_sent: ['message', 'subject', 'body', 'from_email', 'to_email'],
};
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const labelOf = (key: string): string => {
  const message = `log.context.${key}`;
  if (hasMessage(message)) return t(message);
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const isStages = (value: unknown): value is readonly Stage[] =>
  Array.isArray(value) && value.every((item) => typeof (item as Partial<Stage> | null)?.stageId === 'string');

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

const factOf = (action: string, key: string, value: unknown): ContextFact => {
  const named = { key, label: labelOf(key) };
  if (typeof value === 'string') {
    const target = targets[key];
    if (target !== undefined && uuid.test(value)) return { ...named, kind: 'object', target, id: value };
    if (entries.includes(key) && uuid.test(value)) return { ...named, kind: 'entry', id: value };
    const isMachine = machine.includes(key) || (key === 'message' && exceptions.includes(action));
    return { ...named, kind: isMachine ? 'code' : 'text', text: value };
  }
  if (typeof value === 'boolean') return { ...named, kind: 'text', text: t(value ? 'yes' : 'no') };
  if (typeof value === 'number') return { ...named, kind: 'text', text: String(value) };
  if (key === 'stages' && isStages(value)) return { ...named, kind: 'stages', stages: value };
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return { ...named, kind: 'text', text: value.join(', ') };
  return { ...named, kind: 'json', text: JSON.stringify(value, null, 2) };
};

/** Context of an entry by its members; what is empty says nothing. */
export const contextFacts = ({ action, context }: AuditEntry): readonly ContextFact[] =>
  Object.entries(context as Readonly<Record<string, unknown>>)
    .filter(([key, value]) => !isEmpty(value) && !(shownElsewhere[action] ?? []).includes(key))
    .map(([key, value]) => factOf(action, key, value));

/** Heading above what an action tells. */
export const contextTitle = (action: string): string => {
  const key = `log.view.${action}`;
  return hasMessage(key) ? t(key) : t('log.context');
};
