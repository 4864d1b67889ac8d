import { z } from 'zod';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { defineCommand } from '../command.js';
import { changeModelCommand } from '../model/change-model.js';

/**
 * Turns a transport off because its receiver is gone for good. Appends `notificationtransport.changed` and
 * `activity.configuration.failed`; nothing for one that is off or was deleted.
 */
export const switchOffTransportCommand = defineCommand({
  name: 'switchOffTransport',
  input: z.strictObject({ id: id('notificationtransport'), status: z.int() }),
  access: permission('administer'),
  repeatsSafely: true,
  run: async (unit, input) => {
    const transport = unit.ports.config.get(notificationTransport, input.id);
    if (!transport?.values.enabled) return;
    await changeModelCommand(notificationTransport).run(unit, {
      id: input.id,
      values: { enabled: false },
    });
    unit.record({
      type: 'activity.configuration.failed',
      data: {
        message: `The notification transport ${transport.values.name} was turned off: its receiver answered ${String(input.status)}.`,
        references: { transport: input.id },
      },
    });
  },
});
