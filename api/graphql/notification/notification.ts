import { summaryOf, titleOf } from '../../../domain/audit/entry.js';
import type { ConfigView } from '../../../domain/kernel/config-view.js';
import type { Notice } from '../../../domain/notification/engine/state.js';
import type { Rule } from '../../../domain/notification/matching.js';
import { textOfNotice } from '../../../domain/notification/message.js';
import { notificationRule } from '../../../domain/notification/rule/model.js';
import { auditEntryOf } from '../../../projections/audit/query.js';
import type { NotificationWithEntry } from '../../../projections/inbox/query.js';
import type { AuditTypes } from '../audit/entry.js';
import type { Builder } from '../builder.js';

/** What a notification was from before that was kept. */
const formerKind = ({ entry_id: entryId }: NotificationWithEntry, rule: Rule | undefined): Notice['kind'] =>
  entryId === null ? 'absence' : rule?.values.trigger === 'count' ? 'count' : 'entry';

/** What a notification says; that of a test speaks of no rule, and an entry may be gone from the log. */
const textOf = (row: NotificationWithEntry, config: ConfigView): { title: string; body: string } => {
  const { entry, entry_id: entryId, rule_id: ruleId } = row;
  const told = entry && auditEntryOf(entry);
  const rule = ruleId === null ? undefined : config.get(notificationRule, ruleId);
  const kind = row.notice_kind ?? formerKind(row, rule);
  if (ruleId === null && entryId === null)
    return { title: 'Notification test', body: 'Notifications reach you here.' };
  if (rule && (kind !== 'entry' || told))
    return textOfNotice(kind, rule, told, row.notice_count ?? rule.values.threshold);
  if (told) return { title: titleOf(told), body: summaryOf(told) };
  return entryId === null
    ? { title: 'Notification', body: 'The rule that sent it was deleted.' }
    : { title: 'Notification', body: 'The event log does not show this entry any more.' };
};

/** GraphQL type of a notification in the product. */
export const createNotificationType = (builder: Builder, audit: AuditTypes) =>
  builder.objectRef<NotificationWithEntry>('Notification').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      severity: t.field({ type: audit.severity, resolve: (row) => row.severity }),
      title: t.string({
        resolve: (row, _args, { dependencies }) => textOf(row, dependencies.ports.config).title,
      }),
      body: t.string({
        resolve: (row, _args, { dependencies }) => textOf(row, dependencies.ports.config).body,
      }),
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
