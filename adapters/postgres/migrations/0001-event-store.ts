/**
 * The log, and what is stored in the same transaction as events: claims, vault, answers of commands.
 * `es.append` takes one flush of appends. It holds one advisory lock, so that positions are dense and become visible
 * in order; a refused append does not disturb the others of its flush.
 */
export const eventStore = `
create schema es;

create table es.head (
  one boolean primary key default true check (one),
  store_id uuid not null default gen_random_uuid(),
  position bigint not null default 0
);
insert into es.head default values;

create table es.event (
  position bigint primary key,
  stream text collate "C" not null,
  revision integer not null,
  id uuid not null,
  type text collate "C" not null,
  version smallint not null,
  data jsonb not null,
  meta jsonb not null,
  at timestamptz not null,
  recorded_at timestamptz not null default now(),
  constraint event_revision unique (stream, revision),
  constraint event_id unique (id)
);

create table es.claim (
  kind text collate "C" not null,
  hash text collate "C" not null,
  stream text collate "C" not null,
  position bigint not null,
  primary key (kind, hash)
);

create table es.vault (
  ref text collate "C" not null,
  version integer not null,
  kind text not null,
  sealed text not null,
  fingerprint text,
  created_at timestamptz not null default now(),
  primary key (ref, version)
);

create table es.command (
  id uuid primary key,
  request_hash text not null,
  sealed_result text not null,
  position bigint not null,
  expires_at timestamptz not null
);
create index command_expires on es.command (expires_at);

create sequence es.user_number as integer start 2;

create function es.append(batch jsonb) returns jsonb language plpgsql as $$
declare
  last_position bigint;
  added integer;
  refusals jsonb := '[]';
  refused integer[] := '{}';
  found_refusals jsonb;
  found_refused integer[];
begin
  perform pg_advisory_xact_lock(7305001);
  select position into last_position from es.head;

  if batch ? 'commands' then
    select jsonb_agg(jsonb_build_object('a', c.a, 'code', 'repeated', 'position', k.position::text,
             'command', jsonb_build_object('id', k.id, 'requestHash', k.request_hash,
               'sealedResult', k.sealed_result, 'expiresAt', k.expires_at))), array_agg(c.a)
      into found_refusals, found_refused
      from jsonb_to_recordset(batch -> 'commands') as c(a integer, id uuid)
      join es.command k on k.id = c.id and k.expires_at > now();
    if found_refusals is not null then
      refusals := refusals || found_refusals;
      refused := refused || found_refused;
    end if;
  end if;

  select jsonb_agg(jsonb_build_object('a', s.a, 'stream', s.stream,
           'code', case when stored.position is null then 'wrong_version' else 'repeated' end,
           'position', stored.position::text)), array_agg(s.a)
    into found_refusals, found_refused
    from jsonb_to_recordset(batch -> 'streams') as s(a integer, stream text, expected integer, first_id uuid, last_id uuid)
    left join lateral (select revision from es.event e where e.stream = s.stream order by revision desc limit 1) as now on true
    left join lateral (
      select l.position from es.event f join es.event l on l.id = s.last_id
      where f.id = s.first_id and coalesce(now.revision, -1) <> s.expected
    ) as stored on true
    where coalesce(now.revision, -1) <> s.expected and s.a <> all (refused);
  if found_refusals is not null then
    refusals := refusals || found_refusals;
    refused := refused || found_refused;
  end if;

  if batch ? 'claims' then
    select jsonb_agg(jsonb_build_object('a', c.a, 'code', 'claim_taken', 'kind', c.kind)), array_agg(c.a)
      into found_refusals, found_refused
      from jsonb_to_recordset(batch -> 'claims') as c(a integer, op text, kind text, hash text, stream text)
      join es.claim k on k.kind = c.kind and k.hash = c.hash and k.stream <> c.stream
      where c.op = 'take' and c.a <> all (refused)
        and not exists (
          select from jsonb_to_recordset(batch -> 'claims') as r(a integer, op text, kind text, hash text, stream text)
          where r.op = 'release' and r.a = c.a and r.kind = c.kind and r.hash = c.hash and r.stream = k.stream);
    if found_refusals is not null then
      refusals := refusals || found_refusals;
      refused := refused || found_refused;
    end if;
  end if;

  insert into es.event (position, stream, revision, id, type, version, data, meta, at)
    select last_position + row_number() over (order by e.o), e.stream,
           coalesce(e.revision,
             (select coalesce(max(x.revision), -1) from es.event x where x.stream = e.stream)
               + row_number() over (partition by e.stream order by e.o)),
           e.id, e.type, e.version, e.data, e.meta, e.at
      from jsonb_to_recordset(batch -> 'events') as e(o integer, a integer, stream text, revision integer, id uuid,
             type text, version smallint, data jsonb, meta jsonb, at timestamptz)
     where e.a <> all (refused);
  get diagnostics added = row_count;

  if batch ? 'claims' then
    delete from es.claim k using jsonb_to_recordset(batch -> 'claims') as c(a integer, op text, kind text, hash text, stream text)
     where c.op = 'release' and c.a <> all (refused) and k.kind = c.kind and k.hash = c.hash and k.stream = c.stream;
    insert into es.claim (kind, hash, stream, position)
      select c.kind, c.hash, c.stream, last_position + added
        from jsonb_to_recordset(batch -> 'claims') as c(a integer, op text, kind text, hash text, stream text)
       where c.op = 'take' and c.a <> all (refused)
      on conflict (kind, hash) do update set stream = excluded.stream, position = excluded.position;
  end if;

  if batch ? 'vault' then
    insert into es.vault (ref, version, kind, sealed, fingerprint)
      select v.ref, v.version, v.kind, v.sealed, v.fingerprint
        from jsonb_to_recordset(batch -> 'vault') as v(a integer, ref text, version integer, kind text, sealed text, fingerprint text)
       where v.a <> all (refused);
  end if;

  if batch ? 'commands' then
    insert into es.command (id, request_hash, sealed_result, position, expires_at)
      select c.id, c.request_hash, c.sealed_result, last_position + added, c.expires_at
        from jsonb_to_recordset(batch -> 'commands') as c(a integer, id uuid, request_hash text, sealed_result text, expires_at timestamptz)
       where c.a <> all (refused)
      on conflict (id) do update set request_hash = excluded.request_hash, sealed_result = excluded.sealed_result,
        position = excluded.position, expires_at = excluded.expires_at;
  end if;

  if added > 0 then
    update es.head set position = last_position + added;
    perform pg_notify('muniment_log', (last_position + added)::text);
  end if;
  return jsonb_build_object('head', last_position::text, 'refusals', refusals);
end
$$;
`;
