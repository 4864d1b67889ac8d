/** How far each group of read models has come. The tables of the groups are made, and rebuilt, by the groups themselves. */
export const projectionCheckpoints = `
create extension if not exists pg_trgm;
create schema projection;
create table projection.checkpoint (
  name text collate "C" primary key,
  version integer not null,
  position bigint not null
);
`;
