import type { Attempt, Delivery, Outbox, OutboxLanes } from '../../commands/delivery-ports.js';
import type { Clock, Logger } from '../../commands/ports.js';
import { startWokenLoop, type WokenLoop } from '../woken-loop.js';
import { retrySchedule, type RetrySchedule } from './retry-schedule.js';

const lanesAtOnce = 32;
const takenElsewhereMs = 2000;
const graceMs = 1000;

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
  const stopping = new AbortController();
  const active = new Map<string, Promise<void>>();
  const elsewhereUntil = new Map<string, number>();
  let connection: OutboxLanes | null = null;

  const connected = async (): Promise<OutboxLanes> => {
    if (connection && !connection.lost.aborted) return connection;
    await Promise.all(active.values());
    connection = await outbox.openLanes(reactor);
    connection.lost.addEventListener('abort', () => {
      loop.wake();
    });
    return connection;
  };

  const work = async (): Promise<number | null> => {
    const lanes = await connected();
    const now = Date.now();
    let nextMs: number | null = null;
    for (const { lane, inMs } of await lanes.waiting()) {
      if (active.has(lane)) continue;
      const waitMs = Math.max(inMs, (elsewhereUntil.get(lane) ?? 0) - now);
      if (waitMs > 0) nextMs = Math.min(nextMs ?? waitMs, waitMs);
      else if (active.size < lanesAtOnce && !stopping.signal.aborted) start(lanes, lane);
    }
    return nextMs;
  };

  const start = (lanes: OutboxLanes, lane: string): void => {
    const running = workLane(lanes, lane)
      .catch((error: unknown) => {
        if (!lanes.lost.aborted) log.error({ err: error, lane }, 'a lane of deliveries was interrupted');
        elsewhereUntil.set(lane, Date.now() + takenElsewhereMs);
      })
      .finally(() => {
        active.delete(lane);
        loop.wake();
      });
    active.set(lane, running);
  };

  const workLane = async (lanes: OutboxLanes, lane: string): Promise<void> => {
    if (!(await lanes.take(lane))) {
      elsewhereUntil.set(lane, Date.now() + takenElsewhereMs);
      return;
    }
    elsewhereUntil.delete(lane);
    try {
      while (!stopping.signal.aborted) {
        const delivery = await lanes.first(lane);
        if (!delivery || !(await attempt(lanes, delivery))) break;
      }
    } finally {
      if (!lanes.lost.aborted) await lanes.release(lane);
    }
  };

  /** One attempt and its mark. False when the lane has to pause. */
  const attempt = async (lanes: OutboxLanes, delivery: Delivery): Promise<boolean> => {
    const signal = AbortSignal.any([aborting.signal, lanes.lost]);
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

  const aborting = new AbortController();
  const loop = startWokenLoop(work, (error) => {
    log.warn({ err: error, reactor }, 'deliveries pause');
  });
  return {
    wake: loop.wake,
    stop: async () => {
      stopping.abort();
      await loop.stop();
      const grace = setTimeout(() => {
        aborting.abort();
      }, graceMs);
      await Promise.all(active.values());
      clearTimeout(grace);
      await connection?.close();
    },
  };
};
