import { sql } from 'kysely';
import type { ActivityEvent } from '../../domain/activity/events.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { ProjectionGroup, Tx } from '../projection.js';
import { shreddedUsersIn } from '../shredded.js';
import { inboxIndexes, inboxSchema, inboxTables, type NotificationRow } from './table.js';

interface Seen {
  readonly id: string;
  readonly user_id: string;
  readonly at: string;
  readonly position: number;
}

const apply = async (tx: Tx, schema: string, events: readonly RecordedEvent[]): Promise<void> => {
  const notification = sql.id(schema, 'notification');
  const rows: NotificationRow[] = [];
  const seen: Seen[] = [];
  for (const event of events) {
    const { type, data } = event as unknown as ActivityEvent;
    const at = event.at.toISOString();
    if (type === 'activity.notification.delivered')
      rows.push({
        id: data.notificationId,
        position: Number(event.position),
        user_id: data.userId,
        severity: data.severity,
        entry_id: data.entryId,
        rule_id: data.ruleId,
        transport_id: data.transportId,
        created_at: at,
        seen_at: null,
      });
    else if (type === 'activity.notification.seen')
      seen.push(
        ...data.notificationIds.map((id) => ({
          id,
          user_id: data.userId,
          at,
          position: Number(event.position),
        })),
      );
  }
  if (rows.length > 0) {
    await sql`
      insert into ${notification}
      select * from jsonb_populate_recordset(null::${notification}, ${JSON.stringify(rows)}::jsonb)
      on conflict (id) do nothing`.execute(tx);
  }
  if (seen.length > 0)
    await sql`
      update ${notification} n set seen_at = s.at
        from (select r.id, min(r.at) as at
                from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as r(id uuid, user_id uuid, at timestamptz, position bigint)
                join ${notification} d on d.id = r.id and d.user_id = r.user_id and d.position < r.position
               group by r.id) as s
       where n.id = s.id and n.seen_at is null`.execute(tx);
  const users = shreddedUsersIn(events);
  if (users.length > 0)
    await sql`delete from ${sql.id(schema, 'notification')} where user_id = any (${users}::uuid[])`.execute(
      tx,
    );
  if (rows.length > 0) await sql`select pg_notify('muniment_inbox', '')`.execute(tx);
};

/** Notifications that people find in the product, and which of them they have seen. */
export const inbox: ProjectionGroup = {
  ...inboxSchema,
  tables: inboxTables,
  indexes: inboxIndexes,
  handles: (type) =>
    type === 'activity.notification.delivered' ||
    type === 'activity.notification.seen' ||
    type === 'subject.shredded',
  apply,
};
