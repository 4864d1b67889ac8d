/**
 * `es.append` of the first step, which does less for what nearly every flush is: nothing to refuse, all revisions known. It
 * keeps its parameters and its answer, so that processes of either version call it.
 */
export const quickerAppend = `
-- es.append stores a flush of appends. Every array of one letter has an element per stream (s), event (e), claim (c), vault
-- entry (v) or command (k); _a says to which append of the flush it belongs. Look-ups go through indexes however many rows a
-- plan was made for: the tables behind it only grow, and a plan that reads one of them whole grows along.
create or replace function es.append(
  s_a integer[], s_stream text[], s_expected integer[], s_first uuid[], s_last uuid[],
  e_a integer[], e_stream text[], e_revision integer[], e_rank integer[], e_id uuid[], e_type text[], e_version integer[],
  e_at timestamptz[], e_data jsonb, e_meta jsonb,
  c_a integer[], c_op text[], c_kind text[], c_hash text[], c_stream text[],
  v_a integer[], v_ref text[], v_version integer[], v_kind text[], v_sealed text[], v_fingerprint text[],
  k_a integer[], k_id uuid[], k_hash text[], k_sealed text[], k_expires timestamptz[]
) returns jsonb language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
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

  if cardinality(k_a) > 0 then
    select jsonb_agg(jsonb_build_object('a', c.a, 'code', 'repeated', 'position', k.position::text,
             'command', jsonb_build_object('id', k.id, 'requestHash', k.request_hash,
               'sealedResult', k.sealed_result, 'expiresAt', k.expires_at))), array_agg(c.a)
      into found_refusals, found_refused
      from unnest(k_a, k_id) as c(a, id)
      join es.command k on k.id = c.id and k.expires_at > now();
    if found_refusals is not null then
      refusals := refusals || found_refusals;
      refused := refused || found_refused;
    end if;
  end if;

  -- Refusals are rare: they are looked for first and described afterwards.
  if exists (
    select from unnest(s_stream, s_expected) as s(stream, expected)
     where s.expected is not null and s.expected <> coalesce((
       select e.revision from es.event e where e.stream = s.stream order by e.revision desc limit 1), -1)) then
    select jsonb_agg(jsonb_build_object('a', s.a, 'stream', s.stream,
             'code', case when stored.position is null then 'wrong_version' else 'repeated' end,
             'position', stored.position::text)), array_agg(s.a)
      into found_refusals, found_refused
      from unnest(s_a, s_stream, s_expected, s_first, s_last) as s(a, stream, expected, first_id, last_id)
      cross join lateral (select coalesce((
        select e.revision from es.event e where e.stream = s.stream order by e.revision desc limit 1), -1) as revision) as stands
      left join lateral (
        select l.position from es.event f join es.event l on l.id = s.last_id where f.id = s.first_id
      ) as stored on true
      where s.expected is not null and stands.revision <> s.expected and s.a <> all (refused);
    if found_refusals is not null then
      refusals := refusals || found_refusals;
      refused := refused || found_refused;
    end if;
  end if;

  if 'take' = any (c_op) then
    select jsonb_agg(jsonb_build_object('a', c.a, 'code', 'claim_taken', 'kind', c.kind)), array_agg(c.a)
      into found_refusals, found_refused
      from unnest(c_a, c_op, c_kind, c_hash, c_stream) as c(a, op, kind, hash, stream)
      join es.claim k on k.kind = c.kind and k.hash = c.hash and k.stream <> c.stream
      where c.op = 'take' and c.a <> all (refused)
        and not exists (
          select from unnest(c_a, c_op, c_kind, c_hash, c_stream) as r(a, op, kind, hash, stream)
          where r.op = 'release' and r.a = c.a and r.kind = c.kind and r.hash = c.hash and r.stream = k.stream);
    if found_refusals is not null then
      refusals := refusals || found_refusals;
      refused := refused || found_refused;
    end if;
  end if;

  if refused = '{}' and array_position(e_revision, null) is null then
    insert into es.event (position, stream, revision, id, type, version, data, meta, at)
      select last_position + e.o, e.stream, e.revision, e.id, e.type, e.version, e.data, e.meta, e.at
        from rows from (unnest(e_stream, e_revision, e_id, e_type, e_version, e_at),
                        jsonb_array_elements(e_data), jsonb_array_elements(e_meta))
          with ordinality as e(stream, revision, id, type, version, at, data, meta, o);
  else
    insert into es.event (position, stream, revision, id, type, version, data, meta, at)
      select last_position + e.o - case when refused = '{}' then 0 else (
               select count(*) from unnest(e_a) with ordinality as r(a, o) where r.o < e.o and r.a = any (refused)) end,
             e.stream,
             coalesce(e.revision,
               (select coalesce(max(x.revision), -1) from es.event x where x.stream = e.stream) + 1 + e.rank
               - case when refused = '{}' then 0 else (
                   select count(*) from unnest(e_a, e_stream) with ordinality as r(a, stream, o)
                    where r.o < e.o and r.stream = e.stream and r.a = any (refused)) end),
             e.id, e.type, e.version, e.data, e.meta, e.at
        from rows from (unnest(e_a, e_stream, e_revision, e_rank, e_id, e_type, e_version, e_at),
                        jsonb_array_elements(e_data), jsonb_array_elements(e_meta))
          with ordinality as e(a, stream, revision, rank, id, type, version, at, data, meta, o)
       where e.a <> all (refused);
  end if;
  get diagnostics added = row_count;

  if 'release' = any (c_op) then
    delete from es.claim k using unnest(c_a, c_op, c_kind, c_hash, c_stream) as c(a, op, kind, hash, stream)
     where c.op = 'release' and c.a <> all (refused) and k.kind = c.kind and k.hash = c.hash and k.stream = c.stream;
  end if;
  if 'take' = any (c_op) then
    insert into es.claim (kind, hash, stream, position)
      select c.kind, c.hash, c.stream, last_position + added
        from unnest(c_a, c_op, c_kind, c_hash, c_stream) as c(a, op, kind, hash, stream)
       where c.op = 'take' and c.a <> all (refused)
      on conflict (kind, hash) do update set stream = excluded.stream, position = excluded.position;
  end if;

  if cardinality(v_a) > 0 then
    insert into es.vault (ref, version, kind, sealed, fingerprint)
      select v.ref, v.version, v.kind, v.sealed, v.fingerprint
        from unnest(v_a, v_ref, v_version, v_kind, v_sealed, v_fingerprint) as v(a, ref, version, kind, sealed, fingerprint)
       where v.a <> all (refused);
  end if;

  if cardinality(k_a) > 0 then
    insert into es.command (id, request_hash, sealed_result, position, expires_at)
      select c.id, c.hash, c.sealed, last_position + added, c.expires_at
        from unnest(k_a, k_id, k_hash, k_sealed, k_expires) as c(a, id, hash, sealed, expires_at)
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
