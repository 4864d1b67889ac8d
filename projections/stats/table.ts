import { groupSchema } from '../group-schema.js';

export const statsSchema = groupSchema('stats', 1);

/** Whom counted activity concerns: everybody, one user, or one application. */
export type Scope = 'all' | 'user' | 'application';

/** Days of activity that are kept: the widest window that can be asked for, and the day that has begun. */
export const keptDays = 61;

/**
 * How often each action happened, by hours of UTC. `merged` remembers which entries of the event log were counted lately,
 * so that the events that make one entry count once; `newest` is the time of the newest event.
 */
export const statsTables = `
create table tally (
  scope text collate "C" not null,
  scope_id text collate "C" not null,
  at timestamptz not null,
  action text collate "C" not null,
  outcome text collate "C" not null,
  count bigint not null,
  primary key (scope, scope_id, at, action, outcome)
);
create table use (
  user_id uuid not null,
  application_id uuid not null,
  day date not null,
  count bigint not null,
  primary key (user_id, application_id, day)
);
create table last_use (
  user_id uuid not null,
  application_id uuid not null,
  at timestamptz not null,
  primary key (user_id, application_id)
);
create table merged (merge_key text collate "C" primary key, position bigint not null);
create table newest (one boolean primary key check (one), at timestamptz not null);
`;

export const statsIndexes = `
create index if not exists tally_at on tally (at);
create index if not exists tally_application on tally (at, scope_id) where scope = 'application' and action = 'authorize_application';
create index if not exists use_application on use (application_id, day);
create index if not exists use_day on use (day);
create index if not exists last_use_application on last_use (application_id, at desc);
`;
