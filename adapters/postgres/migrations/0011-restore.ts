/** A restore that is under way or done: which files of which backup have been loaded. */
export const restoreState = `
create table meta.restore (
  one boolean primary key default true check (one),
  backup_id uuid not null,
  files text[] not null default '{}',
  finished_at timestamptz
);
`;
