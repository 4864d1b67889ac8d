import type { AuditEntry } from '../../domain/audit/entry.js';
import type { Condition } from '../../domain/kernel/condition.js';
import type { Database } from '../projection.js';
import { auditEntryOf, listAuditEntries } from './query.js';
import type { TimeRange } from './time-range.js';

const pageSize = 1000;

/** All entries under a condition, newest first, page by page. */
export async function* readEntries(
  db: Database,
  condition: Condition,
  range: TimeRange,
): AsyncGenerator<readonly AuditEntry[]> {
  let after: bigint | null = null;
  for (;;) {
    const rows = await listAuditEntries(db, { condition, ...range, after, limit: pageSize });
    const last = rows.at(-1);
    if (!last) return;
    after = BigInt(last.position);
    yield rows.map(auditEntryOf);
  }
}
