import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import type { NotificationMessage } from '../../domain/notification/message.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { defineCommand } from '../command.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { explainAnswer, isAccepted, sendWebhook, type Transport } from './send-webhook.js';

interface Tested {
  readonly delivered: boolean;
  readonly message: string;
}

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
    },
  });
  return { delivered: true, message: 'A notification was put into your drawer.' };
};

const byWebhook = async (unit: UnitOfWork, transport: Transport): Promise<Tested> => {
  const { userId } = unit.context.rights;
  const user = userId === null ? null : await unit.ports.users.byId(userId);
  const message: NotificationMessage = {
    title: 'Notification test',
    body: `This is a test of the transport ${transport.values.name}.`,
    severity: 'notice',
    recipient: user,
    eventUser: user,
    event: null,
  };
  const deliveryId = unit.ports.ids.named('delivery', `${unit.commandId}/test`);
  const answer = await sendWebhook(unit.ports, transport, message, deliveryId);
  return { delivered: isAccepted(answer), message: explainAnswer(answer) };
};

/**
 * Sends a sample by a transport at once and tells what became of it. Permission `test_notification_transport`. Appends
 * `activity.notification.tested`, whatever the outcome. Throws `NOT_FOUND`.
 */
export const testNotificationTransportCommand = defineCommand({
  name: 'testNotificationTransport',
  input: z.strictObject({ id: id('notificationtransport') }),
  access: permission('test_notification_transport'),
  run: async (unit, input) => {
    const transport = unit.ports.config.get(notificationTransport, input.id);
    if (!transport) throw new DomainError('NOT_FOUND');
    const tested =
      transport.values.mode === 'local' ? toOneself(unit, transport) : await byWebhook(unit, transport);
    unit.record({ type: 'activity.notification.tested', data: { transportId: input.id, ...tested } });
    return { delivered: tested.delivered, messages: [tested.message] };
  },
});
