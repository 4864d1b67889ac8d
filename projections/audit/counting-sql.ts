import { sql, type RawBuilder } from 'kysely';
import type { AuditRow } from './table.js';

const hourMs = 3_600_000;
const hourOf = (at: string): string => new Date(Math.floor(Date.parse(at) / hourMs) * hourMs).toISOString();

/** Statements that count new entries by hour and action, and remember between which positions those of an hour lie. */
export const countingSql = (schema: string, rows: readonly AuditRow[]): RawBuilder<unknown> => {
  const counts = new Map<string, { hour: string; action: string; count: number }>();
  const hours = new Map<string, { hour: string; first_position: number; last_position: number }>();
  for (const { at, action, position } of rows) {
    const hour = hourOf(at);
    const key = `${hour} ${action}`;
    counts.set(key, { hour, action, count: (counts.get(key)?.count ?? 0) + 1 });
    const known = hours.get(hour);
    hours.set(hour, {
      hour,
      first_position: Math.min(position, known?.first_position ?? position),
      last_position: Math.max(position, known?.last_position ?? position),
    });
  }
  const volume = sql.id(schema, 'volume');
  const hour = sql.id(schema, 'hour');
  return sql`
    counted as (
      insert into ${volume} as v select * from jsonb_populate_recordset(null::${volume}, ${JSON.stringify([...counts.values()])}::jsonb)
      on conflict (hour, action) do update set count = v.count + excluded.count),
    spanned as (
      insert into ${hour} as h select * from jsonb_populate_recordset(null::${hour}, ${JSON.stringify([...hours.values()])}::jsonb)
      on conflict (hour) do update set first_position = least(h.first_position, excluded.first_position),
        last_position = greatest(h.last_position, excluded.last_position))`;
};
