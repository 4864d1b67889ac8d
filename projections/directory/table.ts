import type { SecretRef } from '../../domain/kernel/secret.js';
import type { JsonObject } from '../../domain/kernel/field.js';
import type { UserType } from '../../domain/directory/user/events.js';
import { groupSchema } from '../group-schema.js';

export const directorySchema = groupSchema('directory', 3);

/** Users and their direct memberships. Holds personal data in clear; the log holds it sealed. */
export const directoryTables = `
create table "user" (
  id uuid primary key,
  number integer not null,
  username text not null,
  username_key text collate "C" not null,
  name text not null,
  email text not null,
  email_key text collate "C" not null,
  upn_key text collate "C",
  type text not null,
  path text not null,
  is_active boolean not null,
  attributes jsonb not null,
  credential jsonb,
  password_changed_at timestamptz,
  cutoff bigint not null,
  cutoff_spares uuid,
  last_login timestamptz,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  revision integer not null,
  position bigint not null,
  search text not null
);

create table membership (
  id uuid primary key,
  user_id uuid not null,
  group_id uuid not null,
  granted_at timestamptz not null
);
`;

export const directoryIndexes = `
create index if not exists user_username on "user" (username_key, id);
create index if not exists user_email on "user" (email_key) where email_key <> '';
create index if not exists user_upn on "user" (upn_key) where upn_key is not null;
create index if not exists user_name on "user" (name, id);
create index if not exists user_last_login on "user" (coalesce(last_login, '-infinity'), id);
create index if not exists user_created on "user" (created_at, id);
create index if not exists user_search on "user" using gin (search gin_trgm_ops);
create index if not exists membership_user on membership (user_id);
create index if not exists membership_group on membership (group_id, user_id);
`;

export interface UserRow {
  readonly id: string;
  readonly number: number;
  readonly username: string;
  readonly username_key: string;
  readonly name: string;
  readonly email: string;
  readonly email_key: string;
  readonly upn_key: string | null;
  readonly type: UserType;
  readonly path: string;
  readonly is_active: boolean;
  readonly attributes: JsonObject;
  readonly credential: SecretRef | null;
  /** Position of the last event that signs the user out everywhere: what began before has ended, but for one session. */
  readonly cutoff: number;
  readonly cutoff_spares: string | null;
  readonly password_changed_at: string | null;
  readonly last_login: string | null;
  readonly created_at: string;
  readonly changed_at: string;
  readonly revision: number;
  readonly position: number;
  readonly search: string;
}

export interface MembershipRow {
  readonly id: string;
  readonly user_id: string;
  readonly group_id: string;
  readonly granted_at: string;
}
