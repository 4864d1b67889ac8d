import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/**
 * Puts on record that somebody lets deliveries leave again or drops them; what becomes of them is up to the caller, after
 * this. Permission `change_notification_transport`. Appends `activity.notification.handled`.
 */
export const recordDeliveriesCommand = defineCommand({
  name: 'recordDeliveries',
  input: z.strictObject({
    what: z.enum(['resend', 'skip']),
    ids: z.array(z.uuid()).min(1).max(500),
  }),
  access: permission('change_notification_transport'),
  run: (unit, { what, ids }) => {
    unit.record({ type: 'activity.notification.handled', data: { what, deliveryIds: ids } });
    return Promise.resolve();
  },
});
