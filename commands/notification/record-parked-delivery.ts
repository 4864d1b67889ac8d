import { z } from 'zod';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { defineCommand } from '../command.js';

/**
 * Puts on record that a delivery is given up. Appends `activity.notification.parked`, and for a mail
 * `activity.configuration.failed`.
 */
export const recordParkedDeliveryCommand = defineCommand({
  name: 'recordParkedDelivery',
  input: z.strictObject({
    deliveryId: z.uuid(),
    entryId: z.uuid().nullable(),
    ruleId: id('notificationrule'),
    transportId: id('notificationtransport'),
    attempts: z.int(),
    failure: z.string(),
  }),
  access: permission('administer'),
  repeatsSafely: true,
  run: (unit, data) => {
    unit.record({ type: 'activity.notification.parked', data });
    if (unit.ports.config.get(notificationTransport, data.transportId)?.values.mode === 'email')
      unit.record({
        type: 'activity.configuration.failed',
        data: { message: data.failure, references: { transport: data.transportId } },
      });
    return Promise.resolve();
  },
});
