/**
 * Several master keys, digest keys of their own, and subjects whose keys were destroyed. No process, whatever its
 * version, can give an erased subject a key again.
 */
export const keyRing = `
create table keys.ring (
  id text collate "C" primary key,
  fingerprint text not null unique,
  state text not null check (state in ('active', 'previous', 'retired')),
  founder boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index ring_active on keys.ring (state) where state = 'active';
create unique index ring_founder on keys.ring (founder) where founder;

create table keys.digest_key (purpose text collate "C" primary key, wrapped text not null);

create table keys.erased_subject (
  subject text collate "C" primary key,
  keys integer not null default 0,
  secrets integer not null default 0,
  erased_at timestamptz not null default now()
);
create function keys.refuse_erased() returns trigger language plpgsql as $$
begin
  if exists (select from keys.erased_subject where subject = new.subject) then return null; end if;
  return new;
end
$$;
create trigger refuse_erased before insert on keys.subject_key for each row execute function keys.refuse_erased();
`;
