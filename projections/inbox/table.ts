import type { Severity } from '../../domain/audit/fact.js';
import type { Notice } from '../../domain/notification/engine/state.js';
import { groupSchema } from '../group-schema.js';

export const inboxSchema = groupSchema('inbox', 2);

/** Notifications in the product, by person. What they say is read from the event log. */
export const inboxTables = `
create table notification (
  id uuid primary key,
  position bigint not null unique,
  user_id uuid not null,
  severity text not null,
  entry_id uuid,
  rule_id uuid,
  transport_id uuid not null,
  notice_kind text,
  notice_count integer,
  created_at timestamptz not null,
  seen_at timestamptz
);
`;

export const inboxIndexes = `
create index if not exists notification_user on notification (user_id, position desc);
create index if not exists notification_unseen on notification (user_id, position desc) where seen_at is null;
create index if not exists notification_seen on notification (seen_at) where seen_at is not null;
`;

export interface NotificationRow {
  readonly id: string;
  readonly position: number;
  readonly user_id: string;
  readonly severity: Severity;
  readonly entry_id: string | null;
  readonly rule_id: string | null;
  readonly transport_id: string;
  readonly notice_kind: Notice['kind'] | null;
  readonly notice_count: number | null;
  readonly created_at: string;
  readonly seen_at: string | null;
}
