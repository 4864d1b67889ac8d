/**
 * What reactors remember between entries, by their own keys, written together with their checkpoint; and every attempt
 * of a delivery. `due_at`: when there is something to do although nothing happens.
 */
export const notify = `
create table outbox.memory (
  reactor text collate "C" not null references outbox.reactor,
  key text collate "C" not null,
  state jsonb not null,
  due_at timestamptz,
  primary key (reactor, key)
);

create table outbox.attempt (
  delivery_id uuid not null references outbox.delivery (id) on delete cascade,
  number integer not null,
  at timestamptz not null default now(),
  outcome text not null check (outcome in ('delivered', 'failed')),
  status integer,
  latency_ms integer not null,
  failure text,
  primary key (delivery_id, number)
);
create index delivery_lane on outbox.delivery (reactor, lane, number desc);
create index delivery_rule on outbox.delivery (reactor, (reference ->> 'ruleId'), number desc);
`;
