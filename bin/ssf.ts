import type { Pool } from 'pg';
import type { Notifications } from '../adapters/postgres/notifications.js';
import { onStored } from '../adapters/postgres/outbox.js';
import { PostgresSignalQueue } from '../adapters/postgres/signal-queue.js';
import type { RetrySchedule } from '../workers/outbox/retry-schedule.js';
import { ssfReactor } from '../workers/ssf/start-signalling.js';
import { startSsf } from '../workers/ssf/start-ssf.js';
import type { Core } from './core.js';

export const openSignalQueue = (pool: Pool, notifications: Notifications): PostgresSignalQueue =>
  new PostgresSignalQueue(pool, notifications);

/** Joins the transmitter of shared signals to the core: the log and the database wake it. Returns how to stop it. */
export const runSsf = (core: Core, schedule?: RetrySchedule): (() => Promise<void>) => {
  const { ports, db, outbox, notifications, tail } = core;
  const { onEvents, onDeliveries, stop } = startSsf({ ports, db, feed: tail, outbox, schedule });
  const deaf = tail.listen(onEvents);
  const unlisten = onStored(notifications, ssfReactor, onDeliveries);
  return async () => {
    deaf();
    unlisten();
    await stop();
  };
};
