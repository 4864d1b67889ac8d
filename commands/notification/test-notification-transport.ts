import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import type { NotificationMessage } from '../../domain/notification/message.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { defineCommand } from '../command.js';
import { handOver, recordSent } from '../mail/send-mail.js';
import type { UserRecord } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { mailOf } from './mail-notification.js';
import { explainAnswer, isAccepted, sendWebhook } from './send-webhook.js';
import type { Transport } from './transport.js';

interface Tested {
  readonly delivered: boolean;
  readonly message: string;
}

const sampleFor = (unit: UnitOfWork, transport: Transport, user: UserRecord | null): NotificationMessage => ({
  kind: 'test',
  title: 'Notification test',
  body: `This is a test of the transport ${transport.values.name}.`,
  severity: 'notice',
  recipient: user,
  eventUser: user,
  event: null,
  entries: [],
  count: 1,
  rule: null,
  at: unit.now,
  alarm: `test/${transport.id}`,
  link: unit.ports.publicUrl,
});

const toOneself = (unit: UnitOfWork, transport: Transport): Tested => {
  const { userId } = unit.context.rights;
  if (userId === null) return { delivered: false, message: 'Nobody is signed in to be notified.' };
  unit.record({
    type: 'activity.notification.delivered',
    data: {
      notificationId: unit.ports.ids.named('notification', `${unit.commandId}/test`),
      userId,
      severity: 'notice',
      entryId: null,
      ruleId: null,
      transportId: transport.id,
      notice: null,
    },
  });
  return { delivered: true, message: 'A notification was put into your drawer.' };
};

const byMail = async (
  unit: UnitOfWork,
  transport: Transport,
  user: UserRecord | null,
  deliveryId: string,
): Promise<Tested> => {
  if (!user) return { delivered: false, message: 'Nobody is signed in to be written to.' };
  const mail = mailOf(transport, sampleFor(unit, transport, user), { kind: 'user', user }, deliveryId);
  if (!mail) return { delivered: false, message: 'You have no e-mail address.' };
  const answer = await handOver(unit.ports, mail);
  if (answer.outcome === 'failed')
    return { delivered: false, message: `The mail was not sent: ${answer.reason}.` };
  recordSent(unit, mail);
  return { delivered: true, message: 'The mail server took a mail to your own address.' };
};

const byWeb = async (
  unit: UnitOfWork,
  transport: Transport,
  user: UserRecord | null,
  deliveryId: string,
): Promise<Tested> => {
  const sample = sampleFor(unit, transport, user);
  const answer = await sendWebhook(unit.ports, transport, sample, deliveryId);
  // An alarm that a test has opened is closed by it too.
  if (transport.values.mode === 'pagerduty' && isAccepted(answer))
    await sendWebhook(unit.ports, transport, { ...sample, kind: 'resolved' }, `${deliveryId}-resolved`);
  return { delivered: isAccepted(answer), message: explainAnswer(answer) };
};

/**
 * Sends a marked sample by a transport at once and tells what became of it. Permission `test_notification_transport`.
 * Appends `activity.notification.tested`, whatever the outcome. Throws `NOT_FOUND`.
 */
export const testNotificationTransportCommand = defineCommand({
  name: 'testNotificationTransport',
  input: z.strictObject({ id: id('notificationtransport') }),
  access: permission('test_notification_transport'),
  run: async (unit, input) => {
    const transport = unit.ports.config.get(notificationTransport, input.id);
    if (!transport) throw new DomainError('NOT_FOUND');
    const { userId } = unit.context.rights;
    const user = userId === null ? null : await unit.ports.users.byId(userId);
    const deliveryId = unit.ports.ids.named('delivery', `${unit.commandId}/test`);
    const tested =
      transport.values.mode === 'local'
        ? toOneself(unit, transport)
        : transport.values.mode === 'email'
          ? await byMail(unit, transport, user, deliveryId)
          : await byWeb(unit, transport, user, deliveryId);
    unit.record({ type: 'activity.notification.tested', data: { transportId: input.id, ...tested } });
    return { delivered: tested.delivered, messages: [tested.message] };
  },
});
