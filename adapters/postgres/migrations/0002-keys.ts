/** Keys of data subjects, wrapped by the master key. A schema of its own, so that it can be dumped apart. */
export const keys = `
create schema keys;
create table keys.master (one boolean primary key default true check (one), fingerprint text not null);
create table keys.subject_key (
  subject text collate "C" not null,
  version integer not null,
  wrapped text not null,
  created_at timestamptz not null default now(),
  primary key (subject, version)
);
`;
