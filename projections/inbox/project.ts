import { sql, type RawBuilder } from 'kysely';
import type { ActivityEvent } from '../../domain/activity/events.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { ProjectionGroup, Tx } from '../projection.js';
import { shreddedUsersIn } from '../shredded.js';
import { inboxIndexes, inboxSchema, inboxTables, type NotificationRow } from './table.js';

interface Mark {
  readonly id: string;
  readonly user_id: string;
  /** When it was seen; null when that was taken back. */
  readonly at: string | null;
  /** Whether an earlier marking counts no more. */
  readonly anew: boolean;
}

/** What some events leave behind, to be written at once. */
class Changes {
  readonly rows: NotificationRow[] = [];
  readonly marks = new Map<string, Mark>();

  mark(id: string, userId: string, at: string | null): void {
    const key = `${id} ${userId}`;
    const before = this.marks.get(key);
    // What is seen already stays seen at its first time.
    if (at !== null && before !== undefined && before.at !== null) return;
    this.marks.set(key, { id, user_id: userId, at, anew: at === null || before !== undefined });
  }

  async write(tx: Tx, notification: RawBuilder<unknown>): Promise<void> {
    if (this.rows.length > 0)
      await sql`
        insert into ${notification}
        select * from jsonb_populate_recordset(null::${notification}, ${JSON.stringify(this.rows)}::jsonb)
        on conflict (id) do nothing`.execute(tx);
    if (this.marks.size > 0)
      await sql`
        update ${notification} n set seen_at = m.at
          from jsonb_to_recordset(${JSON.stringify([...this.marks.values()])}::jsonb)
            as m(id uuid, user_id uuid, at timestamptz, anew boolean)
         where n.id = m.id and n.user_id = m.user_id and (m.anew or n.seen_at is null)`.execute(tx);
  }
}

const apply = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const notification = sql.id(schema, 'notification');
  let changes = new Changes();
  for (const event of events) {
    const { type, data } = event as unknown as ActivityEvent;
    const at = event.at.toISOString();
    if (type === 'activity.notification.delivered')
      changes.rows.push({
        id: data.notificationId,
        position: Number(event.position),
        user_id: data.userId,
        severity: data.severity,
        entry_id: data.entryId,
        rule_id: data.ruleId,
        transport_id: data.transportId,
        notice_kind: data.notice?.kind ?? null,
        notice_count: data.notice?.count ?? null,
        created_at: at,
        seen_at: null,
      });
    else if (type === 'activity.notification.seen')
      for (const id of data.notificationIds) changes.mark(id, data.userId, at);
    else if (type === 'activity.notification.unseen')
      for (const id of data.notificationIds) changes.mark(id, data.userId, null);
    else if (type === 'activity.notification.trimmed') {
      await changes.write(tx, notification);
      changes = new Changes();
      await sql`
        delete from ${notification}
         where seen_at < ${data.seenBefore} or id = any (${data.notificationIds}::uuid[])`.execute(tx);
    }
  }
  await changes.write(tx, notification);
  const users = shreddedUsersIn(events);
  if (users.length > 0)
    await sql`delete from ${notification} where user_id = any (${users}::uuid[])`.execute(tx);
  if (events.some(({ type }) => type === 'activity.notification.delivered'))
    await sql`select pg_notify('muniment_inbox', '')`.execute(tx);
};

const handled: ReadonlySet<string> = new Set([
  'activity.notification.delivered',
  'activity.notification.seen',
  'activity.notification.unseen',
  'activity.notification.trimmed',
  'subject.shredded',
]);

/** Notifications that people find in the product, and which of them they have seen. */
export const inbox: ProjectionGroup = {
  ...inboxSchema,
  tables: inboxTables,
  indexes: inboxIndexes,
  handles: (type) => handled.has(type),
  apply,
};
