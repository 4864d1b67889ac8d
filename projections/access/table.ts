import type { JsonObject } from '../../domain/kernel/field.js';
import { groupSchema } from '../group-schema.js';

export const accessSchema = groupSchema('access', 2);

/** Sessions, tokens, grants and consents. */
export const accessTables = `
create table session (
  id uuid primary key,
  user_id uuid not null,
  token_hash text collate "C" not null,
  auth_method text not null,
  auth_method_args jsonb not null,
  amr jsonb not null,
  persistent boolean not null,
  ip text,
  user_agent text,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  impersonated_id uuid,
  impersonation_expires_at timestamptz,
  revision integer not null,
  position bigint not null
);

create table token (
  id uuid primary key,
  user_id uuid not null,
  intent text not null,
  identifier text not null,
  description text not null,
  key_hash text collate "C" not null unique,
  expires_at timestamptz,
  created_at timestamptz not null
);

create table "grant" (
  id uuid primary key,
  user_id uuid not null,
  provider_id uuid not null,
  application_id uuid not null,
  session_id uuid,
  scopes jsonb not null,
  auth_time timestamptz not null,
  amr jsonb not null,
  generation integer not null,
  refresh_hash text,
  refresh_expires_at timestamptz,
  ends_at timestamptz not null,
  opened_at timestamptz not null,
  revoked_at timestamptz,
  revision integer not null,
  position bigint not null
);

create table consent (
  id uuid primary key,
  user_id uuid not null,
  application_id uuid not null,
  scopes jsonb not null,
  expires_at timestamptz,
  given_at timestamptz not null
);

create table revoked_token (id uuid primary key, expires_at timestamptz not null);
`;

export const accessIndexes = `
create unique index if not exists session_token_hash on session (token_hash);
create index if not exists session_live on session (expires_at) where ended_at is null;
create index if not exists session_of_user on session (user_id, started_at);
create index if not exists token_of_user on token (user_id);
create index if not exists grant_of_user on "grant" (user_id, opened_at);
create index if not exists consent_of_user on consent (user_id);
`;

export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly token_hash: string;
  readonly auth_method: string;
  readonly auth_method_args: JsonObject;
  readonly amr: readonly string[];
  readonly persistent: boolean;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly started_at: string;
  readonly expires_at: string;
  readonly ended_at: string | null;
  readonly end_reason: string | null;
  readonly impersonated_id: string | null;
  readonly impersonation_expires_at: string | null;
  readonly revision: number;
  /** Where the session began in the log. */
  readonly position: number;
}

export interface TokenRow {
  readonly id: string;
  readonly user_id: string;
  readonly intent: string;
  readonly identifier: string;
  readonly description: string;
  readonly key_hash: string;
  readonly expires_at: string | null;
  readonly created_at: string;
}

export interface GrantRow {
  readonly id: string;
  readonly user_id: string;
  readonly provider_id: string;
  readonly application_id: string;
  readonly session_id: string | null;
  readonly scopes: readonly string[];
  readonly auth_time: string;
  readonly amr: readonly string[];
  readonly generation: number;
  readonly refresh_hash: string | null;
  readonly refresh_expires_at: string | null;
  readonly ends_at: string;
  readonly opened_at: string;
  readonly revoked_at: string | null;
  readonly revision: number;
  /** Where the grant began in the log. */
  readonly position: number;
}

export interface ConsentRow {
  readonly id: string;
  readonly user_id: string;
  readonly application_id: string;
  readonly scopes: readonly string[];
  readonly expires_at: string | null;
  readonly given_at: string;
}

export interface RevokedTokenRow {
  readonly id: string;
  readonly expires_at: string;
}
