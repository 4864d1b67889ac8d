import type { AuditAction, AuditChange, Severity } from '../../domain/audit/fact.js';
import { wordLength, wordSeparators } from '../../domain/kernel/condition/words.js';
import { groupSchema } from '../group-schema.js';

export const auditSchema = groupSchema('audit', 3);

const quoted = (text: string): string => `E'${text.replace(/[\\']/g, '\\$&')}'`;
const between = quoted(`[${wordSeparators.replace(/[\\\]\[-]/g, '\\$&')}]+`);

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
  geo_continent text collate "C",
  geo_country text collate "C",
  geo_city text,
  geo_lat float8,
  geo_lon float8,
  asn_number float8,
  asn_org text,
  via text collate "C" not null,
  comment text,
  request_id text,
  correlation_id text,
  changes jsonb not null,
  context jsonb not null
) with (autovacuum_analyze_scale_factor = 0.01);

create table label (type text collate "C" not null, id text collate "C" not null, label text not null, primary key (type, id));

create table volume (hour timestamptz not null, action text collate "C" not null, count int not null, primary key (hour, action));

create table hour (hour timestamptz primary key, first_position bigint not null, last_position bigint not null);

create function words(said text) returns tsvector language plpgsql immutable parallel safe as $$
declare found text[] := regexp_split_to_array(lower(said collate "C"), ${between});
begin
  -- No word may become longer than an index takes.
  if octet_length(said) > 2000 then found := array(select left(word, ${String(wordLength)}) from unnest(found) as word); end if;
  return array_to_tsvector(array_remove(found, ''));
end $$;
`;

/** What a search looks through, as the index holds it. */
const searched = (row: string): string =>
  [
    `${row}action`,
    ...['actor_label', 'target_label', 'ip', 'reason'].map((column) => `coalesce(${row}${column}, '')`),
    `${row}context::text`,
    `${row}changes::text`,
  ].join(` || ' ' || `);

/** New words are gathered so far before they are sorted into the index: cheaper for whoever writes, and still quickly read through. */
const pendingKb = 16_384;

export const auditIndexes = `
create index if not exists entry_id on entry using hash (id);
create index if not exists entry_action on entry (action, position);
create index if not exists entry_actor on entry (actor_id, position);
create index if not exists entry_behalf on entry (on_behalf_of_id, position) where on_behalf_of_id is not null;
create index if not exists entry_target on entry (target_id, position) where target_id is not null;
create index if not exists entry_ip on entry (ip, position) where ip is not null;
create index if not exists entry_place on entry (position) where geo_lat is not null or geo_country is not null;
create index if not exists entry_at on entry using brin (at);
create index if not exists entry_context on entry using gin (context jsonb_path_ops);
create index if not exists entry_words on entry using gin (words(${searched('')})) with (gin_pending_list_limit = ${String(pendingKb)});
`;

/** What is searched of a row `e`, as one text. */
export const searchedOfRow = searched('e.');

/** The words of a row `e`, written as its index has them. */
export const wordsOfRow = `${auditSchema.live}.words(${searchedOfRow})`;

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
  readonly geo_continent: string | null;
  readonly geo_country: string | null;
  readonly geo_city: string | null;
  readonly geo_lat: number | null;
  readonly geo_lon: number | null;
  readonly asn_number: number | null;
  readonly asn_org: string | null;
  readonly via: string;
  readonly comment: string | null;
  readonly request_id: string | null;
  /** Null when it is the id of the request. */
  readonly correlation_id: string | null;
  readonly changes: readonly AuditChange[];
  readonly context: Readonly<Record<string, unknown>>;
}
