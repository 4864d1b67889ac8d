import type { Severity } from '../../domain/audit/fact.js';

/** Notifications in the product, by person. What they say is read from the event log. */
export const inboxTables = `
create table inbox.notification (
  id uuid primary key,
  position bigint not null unique,
  user_id uuid not null,
  severity text not null,
  entry_id uuid,
  rule_id uuid,
  transport_id uuid not null,
  created_at timestamptz not null,
  seen_at timestamptz
);
create index notification_user on inbox.notification (user_id, position desc);
create index notification_unseen on inbox.notification (user_id, position desc) where seen_at is null;
`;

export interface NotificationRow {
  readonly id: string;
  readonly position: number;
  readonly user_id: string;
  readonly severity: Severity;
  readonly entry_id: string | null;
  readonly rule_id: string | null;
  readonly transport_id: string;
  readonly created_at: string;
  readonly seen_at: string | null;
}
