import type { AuditAction, AuditChange, Severity } from '../../domain/audit/fact.js';
import { groupSchema } from '../group-schema.js';

export const auditSchema = groupSchema('audit', 1);

/** The event log that people see, and the newest known names of what it speaks of. */
export const auditTables = `
create table entry (
  position bigint primary key,
  id uuid not null,
  merge_key text collate "C" not null unique,
  action text collate "C" not null,
  severity text not null,
  outcome text not null,
  reason text,
  at timestamptz not null,
  actor_type text not null,
  actor_id text not null,
  actor_label text,
  on_behalf_of_id uuid,
  session_id uuid,
  target_type text,
  target_id text,
  target_label text,
  ip text,
  user_agent text,
  method text,
  path text,
  via text not null,
  comment text,
  request_id text,
  command_id uuid not null,
  correlation_id text not null,
  changes jsonb not null,
  context jsonb not null
);

create table label (type text collate "C" not null, id text collate "C" not null, label text not null, primary key (type, id));
`;

export const auditIndexes = `
create unique index if not exists entry_id on entry (id);
create index if not exists entry_action on entry (action, position desc);
create index if not exists entry_actor on entry (actor_id, position desc);
create index if not exists entry_behalf on entry (on_behalf_of_id, position desc) where on_behalf_of_id is not null;
create index if not exists entry_target on entry (target_type, target_id, position desc);
create index if not exists entry_at on entry using brin (at);
`;

export interface AuditRow {
  readonly position: number;
  readonly id: string;
  readonly merge_key: string;
  readonly action: AuditAction;
  readonly severity: Severity;
  readonly outcome: 'success' | 'failure';
  readonly reason: string | null;
  readonly at: string;
  readonly actor_type: string;
  readonly actor_id: string;
  readonly actor_label: string | null;
  readonly on_behalf_of_id: string | null;
  readonly session_id: string | null;
  readonly target_type: string | null;
  readonly target_id: string | null;
  readonly target_label: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly via: string;
  readonly comment: string | null;
  readonly request_id: string | null;
  readonly command_id: string;
  readonly correlation_id: string;
  readonly changes: readonly AuditChange[];
  readonly context: Readonly<Record<string, unknown>>;
}
