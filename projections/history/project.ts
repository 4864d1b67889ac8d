import { sql } from 'kysely';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { prepared } from '../prepared.js';
import type { ProjectionGroup, Tx } from '../projection.js';
import { hasHistory, nextContent, type Content } from './content.js';
import { historyIndexes, historySchema, historyTables, type VersionRow } from './table.js';

interface Thing {
  readonly category: string;
  readonly id: string;
}

const thingOf = ({ stream }: RecordedEvent): Thing => {
  const dash = stream.indexOf('-');
  return { category: stream.slice(0, dash), id: stream.slice(dash + 1) };
};

const keyOf = ({ category, id }: Thing): string => `${category} ${id}`;

const openVersions = async (
  tx: Tx,
  schema: string,
  things: readonly Thing[],
): Promise<Map<string, VersionRow>> => {
  const { rows } = await sql<{ row: VersionRow }>`${prepared}
    select to_jsonb(v) as row from ${sql.id(schema, 'version')} v
    join jsonb_to_recordset(${JSON.stringify(things)}::jsonb) as t(category text, id uuid)
      on v.category = t.category and v.id = t.id
    where v.to_pos is null`.execute(tx);
  return new Map(rows.map(({ row }) => [keyOf(row), row]));
};

const begin = (event: RecordedEvent, content: Content, before: VersionRow | null): VersionRow => ({
  ...thingOf(event),
  ...content,
  from_pos: Number(event.position),
  to_pos: null,
  from_event: event.id,
  to_event: null,
  from_at: event.at.toISOString(),
  to_at: null,
  to_command: null,
  ended: false,
  revision: event.revision,
  created_at: before?.created_at ?? event.at.toISOString(),
});

const end = (version: VersionRow, event: RecordedEvent, ended: boolean): VersionRow => ({
  ...version,
  to_pos: Number(event.position),
  to_event: event.id,
  to_at: event.at.toISOString(),
  to_command: event.meta.commandId,
  ended,
});

const apply = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const things = new Map(events.map((event) => [keyOf(thingOf(event)), thingOf(event)]));
  const open = await openVersions(tx, schema, [...things.values()]);
  const written: VersionRow[] = [];
  for (const event of events) {
    const key = keyOf(thingOf(event));
    const before = open.get(key) ?? null;
    const next = nextContent(before, event);
    if (next === 'same' || (next === null && before === null)) continue;
    if (before) written.push(end(before, event, next === null));
    if (next === null) open.delete(key);
    else open.set(key, begin(event, next, before));
  }
  const rows = [...written, ...[...open.values()].filter((row) => things.has(keyOf(row)))];
  if (rows.length === 0) return;
  const version = sql.id(schema, 'version');
  await sql`${prepared}
    insert into ${version} select * from jsonb_populate_recordset(null::${version}, ${JSON.stringify(rows)}::jsonb)
    on conflict (category, id, from_pos) do update set to_pos = excluded.to_pos, to_event = excluded.to_event,
      to_at = excluded.to_at, to_command = excluded.to_command, ended = excluded.ended`.execute(tx);
};

/** What was, and when: the past of everything that has one. */
export const history: ProjectionGroup = {
  ...historySchema,
  tables: historyTables,
  indexes: historyIndexes,
  handles: hasHistory,
  apply,
};
