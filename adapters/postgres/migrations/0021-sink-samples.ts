/** How each sink stood, minute by minute, for charts. */
export const sinkSamples = `
create table sink.sample (
  sink_id uuid not null,
  at timestamptz not null,
  delivered bigint not null,
  lag_entries integer not null,
  lag_seconds double precision not null,
  primary key (sink_id, at)
);
`;
