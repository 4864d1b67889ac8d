import { sql } from 'kysely';
import type { RecordedEvent } from '../domain/kernel/event.js';
import { prepared } from './prepared.js';
import type { Tx } from './projection.js';

/** A table whose rows are the fold of the events that concern them. */
export interface RowFold<Row extends object> {
  /** Name within the schema of the group. */
  readonly table: string;
  readonly key: keyof Row & string;
  /** Key of the row that an event concerns; null when it concerns none. */
  readonly keyOf: (event: RecordedEvent) => string | null;
  /** The next row; null deletes it. */
  readonly evolve: (row: Row | null, event: RecordedEvent) => Row | null;
}

/** Loads the rows that a page of events concerns, folds, and writes them back: three statements whatever the page holds. */
export const foldRows = async <Row extends object>(
  tx: Tx,
  schema: string,
  fold: RowFold<Row>,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const concerned = events.flatMap((event) => {
    const key = fold.keyOf(event);
    return key === null ? [] : [{ key, event }];
  });
  if (concerned.length === 0) return;
  const keys = [...new Set(concerned.map(({ key }) => key))];
  const table = sql.id(schema, fold.table);
  const key = sql.id(fold.key);
  const known = await sql<{
    row: Row;
  }>`${prepared} select to_jsonb(t) as row from ${table} t where t.${key} = any (${keys})`.execute(tx);
  const before = new Map(known.rows.map(({ row }) => [String(row[fold.key]), row]));
  const after = new Map<string, Row | null>();
  for (const { key: rowKey, event } of concerned) {
    const current = after.has(rowKey) ? after.get(rowKey)! : (before.get(rowKey) ?? null);
    after.set(rowKey, fold.evolve(current, event));
  }
  const kept = [...after.values()].filter((row): row is Row => row !== null);
  const gone = [...after]
    .filter(([rowKey, row]) => row === null && before.has(rowKey))
    .map(([rowKey]) => rowKey);
  if (gone.length > 0) await sql`delete from ${table} where ${key} = any (${gone})`.execute(tx);
  const first = kept[0];
  if (!first) return;
  const columns = Object.keys(first).filter((column) => column !== fold.key);
  await sql`${prepared}
    insert into ${table} select * from jsonb_populate_recordset(null::${table}, ${JSON.stringify(kept)}::jsonb)
    on conflict (${key}) do update set
      ${sql.join(columns.map((column) => sql`${sql.id(column)} = excluded.${sql.id(column)}`))}`.execute(tx);
};
