import { summaryOf, titleOf } from '../../../domain/audit/entry.js';
import { auditEntryOf } from '../../../projections/audit/query.js';
import type { NotificationWithEntry } from '../../../projections/inbox/query.js';
import type { AuditTypes } from '../audit/entry.js';
import type { Builder } from '../builder.js';

/** What a notification says; that of a test speaks of no entry, and an entry may be gone from the log. */
const textOf = ({ entry, entry_id: entryId }: NotificationWithEntry): { title: string; body: string } => {
  if (entry) {
    const told = auditEntryOf(entry);
    return { title: titleOf(told), body: summaryOf(told) };
  }
  return entryId === null
    ? { title: 'Notification test', body: 'Notifications reach you here.' }
    : { title: 'Notification', body: 'The event log does not show this entry any more.' };
};

/** GraphQL type of a notification in the product. */
export const createNotificationType = (builder: Builder, audit: AuditTypes) =>
  builder.objectRef<NotificationWithEntry>('Notification').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      severity: t.field({ type: audit.severity, resolve: (row) => row.severity }),
      title: t.string({ resolve: (row) => textOf(row).title }),
      body: t.string({ resolve: (row) => textOf(row).body }),
      createdAt: t.field({ type: 'DateTime', resolve: (row) => row.created_at }),
      seenAt: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.seen_at }),
      auditEntryId: t.id({
        nullable: true,
        description: 'The entry of the event log that it is about, while the log shows it.',
        resolve: (row) => row.entry?.id ?? null,
      }),
    }),
  });

export type NotificationType = ReturnType<typeof createNotificationType>;
