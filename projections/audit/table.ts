import type { AuditAction, AuditChange, Severity } from '../../domain/audit/fact.js';
import type { GeoPlace, Network } from '../../domain/kernel/event.js';
import { groupSchema } from '../group-schema.js';

export const auditSchema = groupSchema('audit', 2);

const ascii = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_unused, index) => String.fromCharCode(from + index)).join('');
const capitals = ascii(0x41, 0x5a);
const separators = ascii(1, 0x2f) + ascii(0x3a, 0x40) + ascii(0x5b, 0x60) + ascii(0x7b, 0x7f);
const quoted = (text: string): string => `E'${text.replace(/[\\']/g, '\\$&')}'`;
const folding = `${quoted(capitals + separators)}, ${quoted(capitals.toLowerCase() + ' '.repeat(separators.length))}`;

/**
 * The event log that people see; the newest known names of what it speaks of; how many entries there were of each action in
 * each hour; the positions between which the entries of an hour lie. `words` are those of `wordsOf`, and has the index.
 */
export const auditTables = `
create table entry (
  position bigint primary key,
  id uuid not null,
  at timestamptz not null,
  recorded_at timestamptz not null,
  command_id uuid not null,
  session_id uuid,
  on_behalf_of_id uuid,
  action text collate "C" not null,
  severity text collate "C" not null,
  outcome text collate "C" not null,
  reason text,
  app text collate "C" not null,
  brand_id text,
  actor_type text collate "C" not null,
  actor_id text collate "C" not null,
  actor_label text,
  on_behalf_of_label text,
  target_type text collate "C",
  target_id text collate "C",
  target_label text,
  ip text collate "C",
  user_agent text,
  method text collate "C",
  path text,
  geo jsonb,
  asn jsonb,
  via text collate "C" not null,
  comment text,
  request_id text,
  correlation_id text not null,
  changes jsonb not null,
  context jsonb not null
);

create table label (type text collate "C" not null, id text collate "C" not null, label text not null, primary key (type, id));

create table volume (hour timestamptz not null, action text collate "C" not null, count int not null, primary key (hour, action));

create table hour (hour timestamptz primary key, first_position bigint not null, last_position bigint not null);

create function words(variadic texts text[]) returns tsvector language sql immutable parallel safe as $$
  select array_to_tsvector(coalesce(array_agg(distinct left(word, 60)), '{}'))
    from string_to_table(translate(array_to_string(texts, ' '), ${folding}), ' ') as word where word <> '' $$;
`;

/** What a search looks through, as the index holds it. */
const searched = 'action, actor_label, target_label, ip, reason, context::text, changes::text';

export const auditIndexes = `
create unique index if not exists entry_id on entry (id);
create index if not exists entry_action on entry (action, position desc);
create index if not exists entry_actor on entry (actor_id, position desc);
create index if not exists entry_behalf on entry (on_behalf_of_id, position desc) where on_behalf_of_id is not null;
create index if not exists entry_target on entry (target_id, position desc) where target_id is not null;
create index if not exists entry_ip on entry (ip, position desc) where ip is not null;
create index if not exists entry_place on entry (position desc) where geo is not null;
create index if not exists entry_at on entry using brin (at);
create index if not exists entry_context on entry using gin (context jsonb_path_ops);
create index if not exists entry_words on entry using gin (words(${searched}));
`;

/** The words of a row `e`, written as its index has them. */
export const wordsOfRow = `${auditSchema.live}.words(${searched
  .split(', ')
  .map((column) => `e.${column}`)
  .join(', ')})`;

export interface AuditRow {
  readonly position: number;
  readonly id: string;
  readonly at: string;
  readonly recorded_at: string;
  readonly command_id: string;
  readonly session_id: string | null;
  readonly on_behalf_of_id: string | null;
  readonly action: AuditAction;
  readonly severity: Severity;
  readonly outcome: 'success' | 'failure';
  readonly reason: string | null;
  readonly app: string;
  readonly brand_id: string | null;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_label: string | null;
  readonly on_behalf_of_label: string | null;
  readonly target_type: string | null;
  readonly target_id: string | null;
  readonly target_label: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly geo: GeoPlace | null;
  readonly asn: Network | null;
  readonly via: string;
  readonly comment: string | null;
  readonly request_id: string | null;
  readonly correlation_id: string;
  readonly changes: readonly AuditChange[];
  readonly context: Readonly<Record<string, unknown>>;
}
