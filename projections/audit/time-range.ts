import { sql, type RawBuilder } from 'kysely';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import { auditSchema } from './table.js';

/** Times between which entries lie; the first belongs to it, the second does not. */
export interface TimeRange {
  readonly from: string | null;
  readonly to: string | null;
}

const later = (a: string | null, b: string): string => (a === null || b > a ? b : a);
const earlier = (a: string | null, b: string): string => (a === null || b < a ? b : a);

/** The range that a condition leaves at most of another. The condition itself is still to be asked. */
export const rangeOf = (condition: Condition, range: TimeRange): TimeRange => {
  if ('all' in condition) return condition.all.reduce<TimeRange>((left, part) => rangeOf(part, left), range);
  if (!('order' in condition) || condition.field !== 'occurredAt') return range;
  if (condition.order === '>' || condition.order === '>=')
    return { ...range, from: later(range.from, condition.value) };
  const end =
    condition.order === '<' ? condition.value : new Date(Date.parse(condition.value) + 1).toISOString();
  return { ...range, to: earlier(range.to, end) };
};

const hours = auditSchema.table('hour');

/**
 * Entries `e` of a range of time. Positions follow the times closely, so that bounds of positions let an index by
 * position begin and end near the range: they are those of the hours it touches, and leave nothing out.
 */
export const rangeSql = ({ from, to }: TimeRange): readonly RawBuilder<unknown>[] => [
  ...(from === null
    ? []
    : [
        sql`e.at >= ${from}::timestamptz`,
        sql`e.position >= coalesce((select min(first_position) from ${hours} where hour > ${from}::timestamptz - interval '1 hour'), 0)`,
      ]),
  ...(to === null
    ? []
    : [
        sql`e.at < ${to}::timestamptz`,
        sql`e.position <= coalesce((select max(last_position) from ${hours} where hour < ${to}::timestamptz), 0)`,
      ]),
];
