import type { AuditEntry } from '../audit/entry.js';
import { ipOf } from '../siem/ip-of.js';

export const redactionOps = ['drop', 'mask', 'hash', 'truncate_ip', 'keep'] as const;
export type RedactionOp = (typeof redactionOps)[number];

/** What to do with the fields that a path names. The first rule that fits decides. */
export interface RedactionRule {
  /** Dotted path in the entry; `*` stands for one part, `**` for any number, `[]` for any item of a list. */
  readonly path: string;
  readonly op: RedactionOp;
}

/** What a receiver needs to tell entries apart and to order them. */
const untouchable = [
  'id',
  'position',
  'leafIndex',
  'action',
  'severity',
  'outcome',
  'occurredAt',
  'recordedAt',
  'tenant',
  'commandId',
  'correlationId',
];

const fits = (pattern: readonly string[], path: readonly string[]): boolean => {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') return fits(rest, path) || (path.length > 0 && fits(pattern, path.slice(1)));
  return path.length > 0 && (first === '*' || first === path[0]) && fits(rest, path.slice(1));
};

const partsOf = (path: string): readonly string[] => path.replaceAll('[]', '.*').split('.');

/** `198.51.100.7` as `198.51.100.0`, an address of version 6 by its first 48 bits; anything else becomes empty. */
const truncateIp = (value: unknown): string | null => {
  const ip = typeof value === 'string' ? ipOf(value) : null;
  if (ip === null) return null;
  if (ip.version === 4) return ip.text.replace(/\d+$/, '0');
  const [head = '', tail] = ip.text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled = [
    ...before,
    ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'),
    ...after,
  ];
  return `${filled.slice(0, 3).join(':')}::`;
};

/** Values under a key: one that a text stands for gets a digest of its own, whatever its type. */
const textFor = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * An entry as one sink may see it. `digest` is keyed per sink: who receives it can tell equal values without learning
 * them. Ids of the entry, its action, outcome and times stay.
 */
export const redact = (
  entry: AuditEntry,
  rules: readonly RedactionRule[],
  digest: (value: string) => string,
): AuditEntry => {
  if (rules.length === 0) return entry;
  const compiled = rules.map(({ path, op }) => ({ parts: partsOf(path), op }));
  const opAt = (path: readonly string[]): RedactionOp | null =>
    compiled.find(({ parts }) => fits(parts, path))?.op ?? null;
  const change = (value: unknown, op: RedactionOp): unknown => {
    switch (op) {
      case 'drop':
        return null;
      case 'mask':
        return value === null ? null : '***';
      case 'hash':
        return value === null ? null : digest(textFor(value));
      case 'truncate_ip':
        return truncateIp(value);
      case 'keep':
        return value;
    }
  };
  const walk = (value: unknown, path: readonly string[]): unknown => {
    const op = opAt(path);
    if (op !== null && (typeof value !== 'object' || value === null)) return change(value, op);
    if (op !== null && op !== 'keep') return op === 'drop' ? emptied(value) : walkInto(value, path, op);
    if (op === 'keep' || typeof value !== 'object' || value === null) return value;
    return walkInto(value, path, null);
  };
  /** An object under a rule: each text in it, unless a rule before says otherwise. */
  const walkInto = (value: unknown, path: readonly string[], inherited: RedactionOp | null): unknown => {
    const at = (item: unknown, key: string): unknown => {
      const inner = [...path, key];
      if (inherited === null || opAt(inner) !== null) return walk(item, inner);
      if (typeof item === 'object' && item !== null) return walkInto(item, inner, inherited);
      return change(item, inherited);
    };
    if (Array.isArray(value)) return value.map((item, index) => at(item, String(index)));
    return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, at(item, key)]));
  };
  const redacted = Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      untouchable.includes(key) ? value : walk(value, [key]),
    ]),
  ) as unknown as AuditEntry;
  const { actor, client, context } = redacted as Partial<AuditEntry>;
  return { ...redacted, actor: actor ?? nobody, client: client ?? nowhere, context: context ?? {} };
};

const emptied = (value: unknown): unknown => (Array.isArray(value) ? [] : null);
const nobody: AuditEntry['actor'] = { type: 'redacted', id: '', label: null };
const nowhere: AuditEntry['client'] = {
  ip: null,
  userAgent: null,
  method: null,
  path: null,
  geo: null,
  asn: null,
};
