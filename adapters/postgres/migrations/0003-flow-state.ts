/** Runs of flows and one-time values: logged rows, advanced by compare-and-set. Counters: unlogged, losing them is only a delay. */
export const flowState = `
create schema flow;
create table flow.execution (
  id uuid primary key,
  flow_id uuid not null,
  browser_hash text not null,
  step integer not null,
  state text not null check (octet_length(state) <= 65536),
  expires_at timestamptz not null
);
create index execution_browser on flow.execution (browser_hash);
create index execution_expires on flow.execution (expires_at);

create table flow.one_time_value (key text primary key, sealed text not null, expires_at timestamptz not null);
create index one_time_value_expires on flow.one_time_value (expires_at);

create unlogged table flow.counter (
  key text primary key,
  hits integer not null,
  window_ends_at timestamptz not null
);
`;
