import { onStored } from '../adapters/postgres/outbox.js';
import { notificationReactor } from '../workers/notification/start-matching.js';
import { startNotifications } from '../workers/notification/start-notifications.js';
import type { RetrySchedule } from '../workers/outbox/retry-schedule.js';
import type { Core } from './core.js';

/** Joins notifications to the core: the database wakes them. Returns how to stop them. */
export const runNotifications = (core: Core, schedule?: RetrySchedule): (() => Promise<void>) => {
  const { ports, db, outbox, notifications } = core;
  const { onEntries, onDeliveries, stop } = startNotifications({ ports, db, outbox, schedule });
  notifications.on('muniment_audit', onEntries);
  const unlisten = onStored(notifications, notificationReactor, onDeliveries);
  return async () => {
    notifications.off('muniment_audit', onEntries);
    unlisten();
    await stop();
  };
};
