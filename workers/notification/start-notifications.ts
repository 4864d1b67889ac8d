import { recordParkedDeliveryCommand } from '../../commands/notification/record-parked-delivery.js';
import { execute } from '../../commands/pipeline.js';
import type { Delivery, Outbox } from '../../commands/delivery-ports.js';
import type { Ports } from '../../commands/ports.js';
import { systemContext } from '../../commands/system-context.js';
import { notificationJob } from '../../domain/notification/matching.js';
import type { Database } from '../../projections/projection.js';
import type { RetrySchedule } from '../outbox/retry-schedule.js';
import { startDelivering } from '../outbox/start-delivering.js';
import { notificationReference } from './reference.js';
import { sendNotification } from './send-notification.js';
import { notificationReactor, startMatching } from './start-matching.js';

/** Rules and deliveries at work in this process. */
export interface NotificationWorkers {
  /** The event log has grown. */
  readonly onEntries: () => void;
  /** Something was put into the outbox, for one lane or for any. */
  readonly onDeliveries: (lane?: string) => void;
  readonly stop: () => Promise<void>;
}

const recordParked =
  (ports: Ports) =>
  async (delivery: Delivery, attempts: number, failure: string): Promise<void> => {
    const { entryId, ruleId } = notificationReference(delivery);
    const fact = {
      deliveryId: delivery.id,
      entryId,
      ruleId,
      transportId: delivery.lane,
      attempts,
      failure,
    };
    await execute(ports, recordParkedDeliveryCommand, fact, {
      ...systemContext(ports, notificationJob),
      commandId: ports.ids.named('command', `park notification ${delivery.id}`),
    });
  };

/** Starts what turns entries of the event log into notifications and brings them to people and programs. */
export const startNotifications = (options: {
  readonly ports: Ports;
  readonly db: Database;
  readonly outbox: Outbox;
  readonly schedule?: RetrySchedule | undefined;
}): NotificationWorkers => {
  const { ports, db, outbox } = options;
  const matching = startMatching(ports, db, outbox);
  const delivering = startDelivering({
    outbox,
    reactor: notificationReactor,
    send: sendNotification(ports, db),
    onParked: recordParked(ports),
    clock: ports.clock,
    log: ports.log,
    schedule: options.schedule,
  });
  return {
    onEntries: matching.wake,
    onDeliveries: delivering.wake,
    stop: async () => {
      await Promise.all([matching.stop(), delivering.stop()]);
    },
  };
};
