import type { SinkRecord } from '../../commands/sink/endpoint.js';
import type { SinkRun } from '../../commands/sink-ports.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import { meets, type Condition } from '../../domain/kernel/condition/condition.js';
import type { BatchLimits } from '../../domain/sink/batch-limits.js';

/** Rows of a page die young: larger pages cost more memory to be moved than queries to be asked. */
const pageSize = 250;
/** Entries that one round looks at before it notes how far it has come. */
const maxScanned = 20_000;

/** What is next in a run. */
export interface Gathered {
  readonly records: readonly SinkRecord[];
  /** Everything up to here was looked at; no record behind it is missing. */
  readonly position: bigint;
  /** There is nothing more behind `position` for now. */
  readonly exhausted: boolean;
  /** The batch has as much as one may hold. */
  readonly full: boolean;
  /** When the first record was stored. */
  readonly oldest: Date | null;
}

/** Reads on behind a run's cursor, in order, until a batch is full or nothing is left. */
export const gather = async (
  run: Pick<SinkRun, 'position' | 'until' | 'batchUntil'>,
  limits: Pick<BatchLimits, 'count' | 'bytes'>,
  filter: Condition,
  toRecord: (entry: AuditEntry) => SinkRecord,
  read: (after: bigint, limit: number) => Promise<readonly AuditEntry[]>,
): Promise<Gathered> => {
  const end = run.batchUntil ?? run.until;
  const records: SinkRecord[] = [];
  let position = run.position;
  let bytes = 0;
  let oldest: Date | null = null;
  const gathered = (exhausted: boolean, full: boolean): Gathered => ({
    records,
    position,
    exhausted,
    full,
    oldest,
  });
  for (let scanned = 0; scanned < maxScanned;) {
    const page = await read(position, pageFor(limits.count - records.length, scanned, records.length));
    scanned += page.length;
    for (const entry of page) {
      const at = BigInt(entry.position);
      if (end !== null && at > end) {
        position = end;
        return gathered(run.batchUntil === null, run.batchUntil !== null);
      }
      if (meets(filter, entry)) {
        const record = toRecord(entry);
        const size = utf8Length(record.line) + 1;
        if (records.length > 0 && bytes + size > limits.bytes) return gathered(false, true);
        records.push(record);
        bytes += size;
        oldest ??= new Date(entry.recordedAt);
      }
      position = at;
      if (records.length >= limits.count) return gathered(false, true);
    }
    if (page.length === 0) {
      if (run.until !== null && run.batchUntil === null) position = run.until;
      return gathered(true, false);
    }
  }
  return gathered(false, false);
};

/** As many entries as will give what is missing, when others meet the filter as often as those before. */
const pageFor = (missing: number, scanned: number, met: number): number =>
  Math.min(pageSize, Math.ceil((missing * (scanned + 1)) / (met + 1)));

const utf8Length = (text: string): number => Buffer.byteLength(text);
