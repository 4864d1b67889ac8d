import type { AuditEntry } from '../../audit/entry.js';
import type { Json } from '../../kernel/field.js';
import type { NotificationMessage } from '../message.js';

const eventJson = (event: AuditEntry): Json =>
  ({
    id: event.id,
    action: event.action,
    severity: event.severity,
    outcome: event.outcome,
    reason: event.reason,
    actor: event.actor,
    target: event.target,
    client_ip: event.client.ip,
    created: event.occurredAt,
    changes: event.changes,
    context: event.context,
  }) as unknown as Json;

/** A message as plain data: what a generic webhook sends, and what its templates pick from. */
export const messageJson = (message: NotificationMessage): { readonly [key: string]: Json } => ({
  body: message.body,
  title: message.title,
  severity: message.severity,
  kind: message.kind,
  count: message.count,
  rule: message.rule && { id: message.rule.id, name: message.rule.name },
  link: message.link,
  user_email: message.recipient?.email ?? null,
  user_username: message.recipient?.username ?? null,
  ...(message.eventUser
    ? { event_user_email: message.eventUser.email, event_user_username: message.eventUser.username }
    : {}),
  event: message.event && eventJson(message.event),
  ...(message.kind === 'digest' ? { events: message.entries.map(eventJson) } : {}),
});
