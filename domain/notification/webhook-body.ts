import type { NotificationMessage } from './message.js';

/** Body of a generic webhook. Secrets in changes and context are masked already in the event log. */
export const webhookBody = (message: NotificationMessage): string => {
  const { event } = message;
  return JSON.stringify({
    body: message.body,
    severity: message.severity,
    user_email: message.recipient?.email ?? null,
    user_username: message.recipient?.username ?? null,
    ...(message.eventUser
      ? { event_user_email: message.eventUser.email, event_user_username: message.eventUser.username }
      : {}),
    event: event && {
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
    },
  });
};
