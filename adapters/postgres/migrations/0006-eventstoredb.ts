/**
 * For logs in EventStoreDB: appends that touch more than one stream, written down before they begin, and which log the
 * rest of this database belongs to (null: the one in `es.event`).
 */
export const eventStoreDB = `
create table es.intent (
  id uuid primary key,
  digest text not null,
  batch jsonb not null,
  created_at timestamptz not null default now()
);

alter table es.head add column external_store uuid;
`;
