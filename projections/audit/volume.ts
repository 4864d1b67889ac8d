import { sql } from 'kysely';
import type { AuditAction } from '../../domain/audit/fact.js';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import type { Database } from '../projection.js';
import { conditionSql } from './condition-sql.js';
import { auditSchema } from './table.js';
import { rangeSql } from './time-range.js';

const entries = auditSchema.table('entry');
const volumes = auditSchema.table('volume');
const hourMs = 3_600_000;

/** A range of time in parts of the same width. */
export interface Buckets {
  readonly fromMs: number;
  readonly widthMs: number;
  readonly count: number;
}

/**
 * Parts of a range of time. Those of an hour and more begin with full hours and last for full hours, so that what is
 * counted by the hour can be added up; the range grows to them.
 */
export const bucketsOf = (from: Date, to: Date, wanted: number): Buckets => {
  const spanMs = Math.max(1, to.getTime() - from.getTime());
  const exact = Math.max(1, Math.ceil(spanMs / wanted));
  if (exact < hourMs) return { fromMs: from.getTime(), widthMs: exact, count: Math.ceil(spanMs / exact) };
  const fromMs = Math.floor(from.getTime() / hourMs) * hourMs;
  const widthMs = Math.ceil(exact / hourMs) * hourMs;
  return { fromMs, widthMs, count: Math.ceil((to.getTime() - fromMs) / widthMs) };
};

/** How many entries of an action lie in a part. Parts without any are left out. */
export interface VolumeRow {
  readonly action: AuditAction;
  readonly bucket: number;
  readonly count: number;
}

/** The actions a condition asks for, when it asks for nothing else; null when counts by the hour cannot answer it. */
const countedActions = (condition: Condition): readonly string[] | 'every' | null => {
  if ('all' in condition) {
    const parts = condition.all.map(countedActions).filter((part) => part !== 'every');
    if (parts.length === 0) return 'every';
    if (parts.some((part) => part === null)) return null;
    const [first, ...others] = parts as (readonly string[])[];
    return first!.filter((action) => others.every((part) => part.includes(action)));
  }
  return 'is' in condition && condition.field === 'action' ? condition.is : null;
};

const iso = (ms: number): string => new Date(ms).toISOString();

/** Numbers of entries by action and part of a range: from the counts by the hour where the condition lets them answer. */
export const auditVolume = async (
  db: Database,
  condition: Condition,
  { fromMs, widthMs, count }: Buckets,
): Promise<readonly VolumeRow[]> => {
  const [from, to] = [iso(fromMs), iso(fromMs + widthMs * count)];
  const width = `${String(widthMs)} milliseconds`;
  const actions = widthMs % hourMs === 0 && fromMs % hourMs === 0 ? countedActions(condition) : null;
  const bucket = (column: 'hour' | 'at') =>
    sql`(extract(epoch from (date_bin(${width}::interval, ${sql.ref(column)}, ${from}::timestamptz) - ${from}::timestamptz)) * 1000 / ${widthMs})::int`;
  const { rows } =
    actions === null
      ? await sql<VolumeRow>`
          select action, ${bucket('at')} as bucket, count(*)::int as count from ${entries} e
           where ${sql.join([conditionSql(condition), ...rangeSql({ from, to })], sql` and `)} group by 1, 2`.execute(
          db,
        )
      : await sql<VolumeRow>`
          select action, ${bucket('hour')} as bucket, sum(count)::int as count from ${volumes}
           where hour >= ${from}::timestamptz and hour < ${to}::timestamptz
             and ${actions === 'every' ? sql`true` : sql`action = any (${actions})`}
           group by 1, 2`.execute(db);
  return rows;
};
