import { z } from 'zod';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/** Puts on record that a delivery is given up. Appends `activity.notification.parked`. */
export const recordParkedDeliveryCommand = defineCommand({
  name: 'recordParkedDelivery',
  input: z.strictObject({
    deliveryId: z.uuid(),
    entryId: z.uuid(),
    ruleId: id('notificationrule'),
    transportId: id('notificationtransport'),
    attempts: z.int(),
    failure: z.string(),
  }),
  access: permission('administer'),
  repeatsSafely: true,
  run: (unit, data) => {
    unit.record({ type: 'activity.notification.parked', data });
    return Promise.resolve();
  },
});
