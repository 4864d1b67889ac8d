import type { ActivityEvent } from '../activity/events.js';
import { fact, type AuditFact } from './fact.js';

type NotificationEvent = Extract<
  ActivityEvent,
  { readonly type: `activity.notification.${string}` | 'activity.email.sent' }
>;

/** The audit meaning of what becomes of notifications and mails. */
export const ofNotification = (event: NotificationEvent): AuditFact | null => {
  switch (event.type) {
    case 'activity.email.sent':
      return fact('email_sent', event.data.userId === null ? null : { type: 'user', id: event.data.userId }, {
        context: {
          message: 'E-mail sent',
          message_id: event.data.messageId,
          from_email: event.data.from,
          to_email: event.data.to,
          subject: event.data.subject,
          body: event.data.body,
        },
      });
    // What people read and when they read it is no news to anybody else.
    case 'activity.notification.delivered':
    case 'activity.notification.seen':
    case 'activity.notification.unseen':
      return null;
    case 'activity.notification.trimmed':
      return fact('system_task_execution', null, {
        context: {
          message: `Notifications that were seen before ${event.data.seenBefore}, and those without an entry, are not kept any longer.`,
          seen_before: event.data.seenBefore,
          without_entry: event.data.notificationIds.length,
        },
      });
    case 'activity.notification.tested':
      return fact(
        'custom_notification_test',
        { type: 'notificationtransport', id: event.data.transportId },
        {
          outcome: event.data.delivered ? 'success' : 'failure',
          context: { message: event.data.message },
        },
      );
    case 'activity.notification.handled':
      return fact('model_updated', null, {
        context: {
          message: `${String(event.data.deliveryIds.length)} notifications were ${event.data.what === 'resend' ? 'sent again' : 'skipped'}`,
          deliveries: event.data.deliveryIds.slice(0, 100),
        },
      });
    case 'activity.notification.parked':
      return fact(
        'system_task_exception',
        { type: 'notificationtransport', id: event.data.transportId },
        {
          severity: 'warning',
          outcome: 'failure',
          context: {
            message: `A notification was given up: ${event.data.failure}`,
            delivery: event.data.deliveryId,
            entry: event.data.entryId,
            rule: event.data.ruleId,
            attempts: event.data.attempts,
          },
        },
      );
    default:
      return event satisfies never;
  }
};
