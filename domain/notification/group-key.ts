import type { AuditEntry } from '../audit/entry.js';

const textAt = (entry: AuditEntry, path: string): string | null => {
  let value: unknown = entry;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return null;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value === null || value === undefined ? null : JSON.stringify(value);
};

/** What an entry is counted and silenced under: the same for entries with the same values; empty without fields. */
export const groupKeyOf = (
  entry: AuditEntry,
  groupBy: readonly string[],
  digest: (text: string) => string,
): string => (groupBy.length === 0 ? '' : digest(JSON.stringify(groupBy.map((path) => textAt(entry, path)))));
