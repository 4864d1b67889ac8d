/**
 * How far each reactor has looked, and what it found to be delivered. Rows hold references only. A reactor starts where
 * the log stands when its row is made: it speaks of what happens from then on.
 */
export const outbox = `
create schema outbox;
create table outbox.reactor (
  name text collate "C" primary key,
  position bigint not null
);
insert into outbox.reactor select 'notification', position from es.head;

create table outbox.delivery (
  number bigint generated always as identity primary key,
  id uuid not null unique,
  reactor text collate "C" not null references outbox.reactor,
  lane text collate "C" not null,
  reference jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'dropped', 'parked')),
  attempts integer not null default 0,
  due_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  failure text
);
create index delivery_pending on outbox.delivery (reactor, lane, number) where status = 'pending';
create index delivery_finished on outbox.delivery (finished_at) where status <> 'pending';
`;
