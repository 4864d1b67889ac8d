import type { Attempt, Delivery, Outbox, OutboxLanes } from '../../commands/delivery-ports.js';
import type { Clock, Logger } from '../../commands/ports.js';
import { retrySchedule, type RetrySchedule } from './retry-schedule.js';
import { startLanes, type Lanes, type LaneSignals } from './start-lanes.js';

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
export const startDelivering = (options: DeliverOptions): Lanes => {
  const { outbox, reactor, log } = options;
  const work = async (lanes: OutboxLanes, lane: string, signals: LaneSignals): Promise<void> => {
    const mayLeave = (): boolean => !signals.stopping.aborted && !options.isHeld?.(lane);
    let next = mayLeave() ? await lanes.first(lane) : null;
    while (next && mayLeave()) next = await attempt(lanes, next, signals.aborting);
  };

  /** One attempt and its mark. Answers the next delivery; null when the lane has to pause. */
  const attempt = async (
    lanes: OutboxLanes,
    delivery: Delivery,
    signal: AbortSignal,
  ): Promise<Delivery | null> => {
    const since = performance.now();
    const result = await options.send(delivery, signal).catch((error: unknown): DeliveryOutcome => {
      log.error({ err: error, delivery: delivery.id }, 'a delivery could not be made');
      return { outcome: 'failed', failure: 'an unexpected error', status: null, retryAfterMs: null };
    });
    // Broken off, not failed: it leaves again with the same id.
    if (signal.aborted && result.outcome === 'failed') return null;
    if (result.outcome === 'dropped') return lanes.finish(delivery, 'dropped', result.reason, null);
    const made = { status: result.status, latencyMs: performance.now() - since };
    if (result.outcome === 'failed') return postpone(lanes, delivery, result, made);
    return lanes.finish(delivery, 'delivered', null, made);
  };

  const postpone = async (
    lanes: OutboxLanes,
    delivery: Delivery,
    { failure, retryAfterMs, final }: DeliveryOutcome & { readonly outcome: 'failed' },
    made: Attempt,
  ): Promise<Delivery | null> => {
    const attempts = delivery.attempts + 1;
    const ageMs = options.clock.now().getTime() - delivery.createdAt.getTime();
    const inMs = final
      ? null
      : (options.schedule ?? retrySchedule)({ attempts, ageMs, retryAfterMs, random: Math.random() });
    if (inMs !== null) {
      log.warn({ delivery: delivery.id, lane: delivery.lane, attempts, failure, inMs }, 'a delivery failed');
      await lanes.retry(delivery.id, inMs, failure, made);
      return null;
    }
    log.error({ delivery: delivery.id, lane: delivery.lane, attempts, failure }, 'a delivery is given up');
    await options.onParked(delivery, attempts, failure);
    return lanes.finish(delivery, 'parked', failure, made);
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
