/**
 * How far each sink has come, live and in replays, and what its receiver refused for good. Bodies of answers are sealed:
 * a receiver may quote what it was sent.
 */
export const sinks = `
create schema sink;
create table sink.cursor (
  sink_id uuid not null,
  run text collate "C" not null,
  label text,
  position bigint not null,
  until bigint,
  batch_until bigint,
  attempts integer not null default 0,
  due_at timestamptz,
  failing_since timestamptz,
  failure text,
  delivered bigint not null default 0,
  delivered_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null,
  primary key (sink_id, run)
);
create table sink.dead_letter (
  sink_id uuid not null,
  entry_id uuid not null,
  position bigint not null,
  status text not null default 'open' check (status in ('open', 'delivered', 'skipped')),
  attempts integer not null default 1,
  last_status integer,
  failure text not null,
  last_body text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (sink_id, entry_id)
);
create index dead_letter_position on sink.dead_letter (sink_id, position);
`;
