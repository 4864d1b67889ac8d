import { sql } from 'kysely';
import type { Id } from '../../domain/kernel/ids.js';
import { auditSchema, type AuditRow } from '../audit/table.js';
import type { Database } from '../projection.js';
import { inboxSchema, type NotificationRow } from './table.js';

const entries = auditSchema.table('entry');
const notifications = inboxSchema.table('notification');

/** A notification with the entry of the event log that it is about, as long as the log shows it. */
export interface NotificationWithEntry extends NotificationRow {
  readonly entry: AuditRow | null;
}

const withEntry = sql`n.*, (select to_jsonb(e) from ${entries} e where e.id = n.entry_id) as entry`;

export interface NotificationListOptions {
  readonly userId: string;
  readonly unseenOnly: boolean;
  readonly after: bigint | null;
  readonly limit: number;
}

/** One page of a person's notifications, newest first. */
export const listNotifications = async (
  db: Database,
  options: NotificationListOptions,
): Promise<readonly NotificationWithEntry[]> => {
  const unseen = options.unseenOnly ? sql`n.seen_at is null` : sql`true`;
  const older = options.after === null ? sql`true` : sql`n.position < ${options.after}`;
  const { rows } = await sql<NotificationWithEntry>`
    select ${withEntry} from ${notifications} n
     where n.user_id = ${options.userId} and ${unseen} and ${older}
     order by n.position desc limit ${options.limit}`.execute(db);
  return rows;
};

/** How many notifications a person has; counting stops at the cap. */
export const countNotifications = async (
  db: Database,
  userId: string,
  unseenOnly: boolean,
  cap: number,
): Promise<number> => {
  const unseen = unseenOnly ? sql`n.seen_at is null` : sql`true`;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from ${notifications} n where n.user_id = ${userId} and ${unseen} limit ${cap}) as capped`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
};

const markable = 10_000;

/** Ids of what a person has not seen yet, among the named notifications or among all. */
export const unseenNotificationIds = async (
  db: Database,
  userId: string,
  among: readonly string[] | null,
): Promise<readonly Id<'notification'>[]> => {
  const named = among === null ? sql`true` : sql`n.id = any (${among}::uuid[])`;
  const { rows } = await sql<{ id: Id<'notification'> }>`
    select n.id from ${notifications} n
     where n.user_id = ${userId} and n.seen_at is null and ${named}
     order by n.position desc limit ${markable}`.execute(db);
  return rows.map((row) => row.id);
};

/** Those of the named notifications that a person has seen. */
export const seenNotificationIds = async (
  db: Database,
  userId: string,
  among: readonly string[],
): Promise<readonly Id<'notification'>[]> => {
  const { rows } = await sql<{ id: Id<'notification'> }>`
    select n.id from ${notifications} n
     where n.user_id = ${userId} and n.seen_at is not null and n.id = any (${among}::uuid[])`.execute(db);
  return rows.map((row) => row.id);
};

/** Whether anything was seen before a moment. */
export const holdsSeenBefore = async (db: Database, moment: string): Promise<boolean> => {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from ${notifications} n where n.seen_at < ${moment}) as found`.execute(db);
  return rows[0]?.found ?? false;
};

/** Notifications from before a moment whose entry the event log does not show any more. */
export const notificationsWithoutEntry = async (
  db: Database,
  moment: string,
  limit: number,
): Promise<readonly Id<'notification'>[]> => {
  const { rows } = await sql<{ id: Id<'notification'> }>`
    select n.id from ${notifications} n
     where n.created_at < ${moment} and n.entry_id is not null
       and not exists (select from ${entries} e where e.id = n.entry_id)
     order by n.position limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
};

/** Everybody's notifications after a position, oldest first, for those who follow live. */
export const notificationsAfter = async (
  db: Database,
  position: bigint,
  limit: number,
): Promise<readonly NotificationWithEntry[]> => {
  const { rows } = await sql<NotificationWithEntry>`
    select ${withEntry} from ${notifications} n where n.position > ${position} order by n.position limit ${limit}`.execute(
    db,
  );
  return rows;
};
