import { sendMail } from '../../commands/mail/send-mail.js';
import { deliverInAppCommand } from '../../commands/notification/deliver-in-app.js';
import { mailOf, type MailRecipient } from '../../commands/notification/mail-notification.js';
import { explainAnswer, isAccepted, isGone, sendWebhook } from '../../commands/notification/send-webhook.js';
import { switchOffTransportCommand } from '../../commands/notification/switch-off-transport.js';
import type { Transport } from '../../commands/notification/transport.js';
import { execute } from '../../commands/pipeline.js';
import type { Delivery } from '../../commands/delivery-ports.js';
import type { Ports, UserRecord } from '../../commands/ports.js';
import { systemContext } from '../../commands/system-context.js';
import { notificationJob, type Rule } from '../../domain/notification/matching.js';
import type { NotificationMessage } from '../../domain/notification/message.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import type { Database } from '../../projections/projection.js';
import type { DeliveryOutcome } from '../outbox/start-delivering.js';
import { messageOf } from './message-of.js';
import { addressHash } from './recipients.js';
import { notificationReference, type NotificationReference } from './reference.js';

const configMs = 5000;

const dropped = (reason: string): DeliveryOutcome => ({ outcome: 'dropped', reason });

/** Makes a delivery into text and sends it by the transport whose lane it waits in. */
export const sendNotification =
  (ports: Ports, db: Database) =>
  async (delivery: Delivery, signal: AbortSignal): Promise<DeliveryOutcome> => {
    const reference = notificationReference(delivery);
    await ports.readModels.waitFor(BigInt(reference.config), configMs, ['config']);
    const transport = ports.config.get(notificationTransport, delivery.lane);
    const rule = ports.config.get(notificationRule, reference.ruleId);
    if (!transport || !rule) return dropped('the rule or the transport was deleted');
    if (!transport.values.enabled) return dropped('the transport is turned off');
    const user = reference.recipientId === null ? null : await ports.users.byId(reference.recipientId);
    if (reference.recipientId !== null && !user?.isActive) return dropped('the recipient is gone');
    if (transport.values.mode === 'local')
      return user === null
        ? dropped('the transport has changed and needs a recipient')
        : deliverInApp(ports, delivery, rule, reference, user);
    const message = await messageOf(ports, db, rule, delivery, reference, user);
    if (!message) return dropped('the entry is not kept any more');
    return transport.values.mode === 'email'
      ? byMail(ports, { transport, rule, delivery, message }, reference, user)
      : byWeb(ports, { transport, rule, delivery, message }, signal);
  };

const deliverInApp = async (
  ports: Ports,
  delivery: Delivery,
  rule: Rule,
  { entryId, kind, count }: NotificationReference,
  user: UserRecord,
): Promise<DeliveryOutcome> => {
  await execute(
    ports,
    deliverInAppCommand,
    {
      notificationId: delivery.id,
      userId: user.id,
      severity: rule.values.severity,
      entryId,
      ruleId: rule.id,
      transportId: delivery.lane,
      notice: { kind, count },
    },
    {
      ...systemContext(ports, notificationJob),
      commandId: ports.ids.named('command', `deliver notification ${delivery.id}`),
    },
  );
  return { outcome: 'delivered', status: null };
};

interface Outgoing {
  readonly transport: Transport;
  readonly rule: Rule;
  readonly delivery: Delivery;
  readonly message: NotificationMessage;
}

const mailRecipient = (
  ports: Ports,
  { values }: Rule,
  reference: NotificationReference,
  user: UserRecord | null,
): MailRecipient | null => {
  if (user) return { kind: 'user', user };
  const address = values.destinationAddresses.find(
    (text) => addressHash(ports, text) === reference.addressHash,
  );
  return address === undefined ? null : { kind: 'address', address };
};

const byMail = async (
  ports: Ports,
  { transport, rule, delivery, message }: Outgoing,
  reference: NotificationReference,
  user: UserRecord | null,
): Promise<DeliveryOutcome> => {
  if (ports.mailer.from === null) return dropped('no mail server is configured');
  const recipient = mailRecipient(ports, rule, reference, user);
  if (!recipient) return dropped('the rule does not name the address any more');
  const mail = mailOf(transport, message, recipient, delivery.id);
  if (!mail) return dropped('the recipient has no e-mail address');
  const answer = await sendMail(ports, mail, notificationJob);
  if (answer.outcome === 'accepted') return { outcome: 'delivered', status: 250 };
  return {
    outcome: 'failed',
    failure: `The mail was not sent: ${answer.reason}.`,
    status: answer.status,
    retryAfterMs: null,
    final: answer.final,
  };
};

const byWeb = async (
  ports: Ports,
  { transport, delivery, message }: Outgoing,
  signal: AbortSignal,
): Promise<DeliveryOutcome> => {
  const answer = await sendWebhook(ports, transport, message, delivery.id, signal);
  const status = answer.outcome === 'answered' ? answer.status : null;
  if (isAccepted(answer)) return { outcome: 'delivered', status };
  const gone = isGone(transport, answer);
  if (gone)
    await execute(
      ports,
      switchOffTransportCommand,
      { id: transport.id, status },
      systemContext(ports, notificationJob),
    );
  return {
    outcome: 'failed',
    failure: explainAnswer(answer),
    status,
    retryAfterMs: answer.outcome === 'answered' ? answer.retryAfterMs : null,
    final: gone,
  };
};
