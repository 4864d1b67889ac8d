import type { Attempt, Delivery, Outbox, OutboxLanes } from '../../commands/delivery-ports.js';
import type { Clock, Logger } from '../../commands/ports.js';
import type { WokenLoop } from '../woken-loop.js';
import { retrySchedule, type RetrySchedule } from './retry-schedule.js';
import { startLanes, type LaneSignals } from './start-lanes.js';

const lingerMs = 250;

/** What became of one attempt. `failed` texts are the product's own and hold nothing personal. */
export type DeliveryOutcome =
  | { readonly outcome: 'delivered'; readonly status: number | null }
  /** There is nothing left to deliver, or nobody to deliver to. */
  | { readonly outcome: 'dropped'; readonly reason: string }
  | {
      readonly outcome: 'failed';
      readonly failure: string;
      /** The receiver's answer where it gave one. */
      readonly status: number | null;
      readonly retryAfterMs: number | null;
      /** Another attempt would end the same. */
      readonly final?: boolean;
    };

export interface DeliverOptions {
  readonly outbox: Outbox;
  readonly reactor: string;
  readonly send: (delivery: Delivery, signal: AbortSignal) => Promise<DeliveryOutcome>;
  /** Puts on record that a delivery is given up; called before it is. May be called twice with the same. */
  readonly onParked: (delivery: Delivery, attempts: number, failure: string) => Promise<void>;
  /** Lanes from which nothing may leave at present. Whoever lets one go wakes the loop. */
  readonly isHeld?: (lane: string) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly schedule?: RetrySchedule | undefined;
}

/**
 * Delivers what waits in the outbox: each lane in order, at least once, lanes beside each other. The process that holds
 * a lane's lock delivers; when it dies the lock is free. To be woken when something new was stored.
 */
export const startDelivering = (options: DeliverOptions): WokenLoop => {
  const { outbox, reactor, log } = options;
  const work = async (lanes: OutboxLanes, lane: string, signals: LaneSignals): Promise<void> => {
    while (!signals.stopping.aborted && !options.isHeld?.(lane)) {
      const delivery = await lanes.first(lane);
      if (!delivery || !(await attempt(lanes, delivery, signals.aborting))) break;
    }
  };

  /** One attempt and its mark. False when the lane has to pause. */
  const attempt = async (lanes: OutboxLanes, delivery: Delivery, signal: AbortSignal): Promise<boolean> => {
    const since = performance.now();
    const result = await options.send(delivery, signal).catch((error: unknown): DeliveryOutcome => {
      log.error({ err: error, delivery: delivery.id }, 'a delivery could not be made');
      return { outcome: 'failed', failure: 'an unexpected error', status: null, retryAfterMs: null };
    });
    // Broken off, not failed: it leaves again with the same id.
    if (signal.aborted && result.outcome === 'failed') return false;
    if (result.outcome === 'dropped') {
      await lanes.finish(delivery.id, 'dropped', result.reason, null);
      return true;
    }
    const made = { status: result.status, latencyMs: performance.now() - since };
    if (result.outcome === 'failed') return postpone(lanes, delivery, result, made);
    await lanes.finish(delivery.id, 'delivered', null, made);
    return true;
  };

  const postpone = async (
    lanes: OutboxLanes,
    delivery: Delivery,
    { failure, retryAfterMs, final }: DeliveryOutcome & { readonly outcome: 'failed' },
    made: Attempt,
  ): Promise<boolean> => {
    const attempts = delivery.attempts + 1;
    const ageMs = options.clock.now().getTime() - delivery.createdAt.getTime();
    const inMs = final
      ? null
      : (options.schedule ?? retrySchedule)({ attempts, ageMs, retryAfterMs, random: Math.random() });
    if (inMs !== null) {
      log.warn({ delivery: delivery.id, lane: delivery.lane, attempts, failure, inMs }, 'a delivery failed');
      await lanes.retry(delivery.id, inMs, failure, made);
      return false;
    }
    log.error({ delivery: delivery.id, lane: delivery.lane, attempts, failure }, 'a delivery is given up');
    await options.onParked(delivery, attempts, failure);
    await lanes.finish(delivery.id, 'parked', failure, made);
    return true;
  };

  return startLanes({
    name: reactor,
    connect: () => outbox.openLanes(reactor),
    waiting: async (lanes) => (await lanes.waiting()).filter(({ lane }) => !options.isHeld?.(lane)),
    work,
    lingerMs,
    log,
  });
};
