import type { AuditEntry } from '../audit/entry.js';
import { scalarsAt } from '../kernel/condition/record-path.js';

/** What an entry is counted and silenced under: the same for entries with the same values; empty without fields. */
export const groupKeyOf = (
  entry: AuditEntry,
  groupBy: readonly string[],
  digest: (text: string) => string,
): string =>
  groupBy.length === 0 ? '' : digest(JSON.stringify(groupBy.map((path) => scalarsAt(entry, path))));
