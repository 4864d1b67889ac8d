/**
 * How far each set of tables of a group of read models has come. Beside `projection.checkpoint`, which knows one set per
 * group and belongs to versions of the product that do not know this table. `used_at` is when a process last kept the
 * tables up to date: what nobody has used for long can go.
 */
export const projectionProgress = `
create table projection.progress (
  schema text collate "C" primary key,
  name text collate "C" not null,
  version integer not null,
  state text not null check (state in ('building', 'live')),
  position bigint not null default 0,
  started_at timestamptz not null default now(),
  used_at timestamptz not null default now(),
  failed_at timestamptz,
  failed_position bigint,
  failure text
);
create index progress_name on projection.progress (name, version);
`;
