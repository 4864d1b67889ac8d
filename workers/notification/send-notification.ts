import { z } from 'zod';
import { deliverInAppCommand } from '../../commands/notification/deliver-in-app.js';
import {
  explainAnswer,
  isAccepted,
  sendWebhook,
  type Transport,
} from '../../commands/notification/send-webhook.js';
import { execute } from '../../commands/pipeline.js';
import type { Delivery } from '../../commands/delivery-ports.js';
import type { Ports } from '../../commands/ports.js';
import { systemContext } from '../../commands/system-context.js';
import { summaryOf, titleOf } from '../../domain/audit/entry.js';
import { eventUserOf, notificationJob, type Rule } from '../../domain/notification/matching.js';
import type { MessageUser, NotificationMessage } from '../../domain/notification/message.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { auditEntryById, auditEntryOf } from '../../projections/audit/query.js';
import type { AuditRow } from '../../projections/audit/table.js';
import type { Database } from '../../projections/projection.js';
import type { DeliveryOutcome } from '../outbox/start-delivering.js';

const configMs = 5000;

const referenceSchema = z.object({
  entryId: z.string(),
  ruleId: z.string(),
  recipientId: z.string().nullable(),
  /** Position of the configuration in which the rule was met. */
  config: z.string(),
});

export const notificationReference = (delivery: Delivery): z.output<typeof referenceSchema> =>
  referenceSchema.parse(delivery.reference);

const dropped = (reason: string): DeliveryOutcome => ({ outcome: 'dropped', reason });

/** Makes a delivery into text and sends it: what it says is read at this moment, so that nothing erased goes out. */
export const sendNotification =
  (ports: Ports, db: Database) =>
  async (delivery: Delivery, signal: AbortSignal): Promise<DeliveryOutcome> => {
    const reference = notificationReference(delivery);
    await ports.readModels.waitFor(BigInt(reference.config), configMs, ['config']);
    const transport = ports.config.get(notificationTransport, delivery.lane);
    const rule = ports.config.get(notificationRule, reference.ruleId);
    if (!transport || !rule) return dropped('the rule or the transport was deleted');
    const recipient = reference.recipientId === null ? null : await ports.users.byId(reference.recipientId);
    if (reference.recipientId !== null && !recipient?.isActive) return dropped('the recipient is gone');
    if (transport.values.mode === 'local')
      return reference.recipientId === null
        ? dropped('the transport has changed and needs a recipient')
        : deliverInApp(ports, delivery, rule, reference.entryId, reference.recipientId);
    const row = await auditEntryById(db, reference.entryId);
    if (!row) return dropped('the entry is not kept any more');
    const message = await messageOf(ports, rule, row, recipient);
    return byWebhook(ports, transport, message, delivery, signal);
  };

const deliverInApp = async (
  ports: Ports,
  delivery: Delivery,
  rule: Rule,
  entryId: string,
  userId: string,
): Promise<DeliveryOutcome> => {
  await execute(
    ports,
    deliverInAppCommand,
    {
      notificationId: delivery.id,
      userId,
      severity: rule.values.severity,
      entryId,
      ruleId: rule.id,
      transportId: delivery.lane,
    },
    {
      ...systemContext(ports, notificationJob),
      commandId: ports.ids.named('command', `deliver notification ${delivery.id}`),
    },
  );
  return { outcome: 'delivered' };
};

const messageOf = async (
  ports: Ports,
  rule: Rule,
  row: AuditRow,
  recipient: MessageUser | null,
): Promise<NotificationMessage> => {
  const entry = auditEntryOf(row);
  const eventUserId = eventUserOf(entry);
  return {
    title: titleOf(entry),
    body: summaryOf(entry),
    severity: rule.values.severity,
    recipient,
    eventUser: eventUserId === null ? null : await ports.users.byId(eventUserId),
    event: entry,
  };
};

const byWebhook = async (
  ports: Ports,
  transport: Transport,
  message: NotificationMessage,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome> => {
  const answer = await sendWebhook(ports, transport, message, delivery.id, signal);
  if (isAccepted(answer)) return { outcome: 'delivered' };
  return {
    outcome: 'failed',
    failure: explainAnswer(answer),
    retryAfterMs: answer.outcome === 'answered' ? answer.retryAfterMs : null,
  };
};
