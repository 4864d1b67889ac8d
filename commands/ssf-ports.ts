/** Security events that wait for their receivers, and what receivers were last heard to do. */
import type { Delivery } from './delivery-ports.js';

/** How a stream's deliveries stand. */
export interface StreamBacklog {
  readonly waiting: number;
  /** Since when the oldest waits. */
  readonly oldestAt: Date | null;
  readonly delivered: number;
  readonly refused: number;
  readonly lastDeliveredAt: Date | null;
  /** Why the oldest that waits could not be delivered so far. */
  readonly failure: string | null;
  /** When the receiver last polled or used the API of its streams. */
  readonly seenAt: Date | null;
}

/** What waits in a stream. */
export interface StreamLag {
  readonly streamId: string;
  readonly waiting: number;
  /** Since when the oldest waits. */
  readonly oldestAt: Date;
}

/** A delivery that the receiver refused or that was given up. */
export interface RefusedDelivery {
  readonly id: string;
  readonly type: string;
  readonly failure: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly finishedAt: Date;
}

export interface SignalQueue {
  /** The oldest deliveries that wait in some lanes, in their order. */
  waiting(lanes: readonly string[], limit: number): Promise<readonly Delivery[]>;
  /** Takes deliveries of these lanes off the queue; those of others and unknown ones stay. Answers how many. */
  finish(
    lanes: readonly string[],
    ids: readonly string[],
    status: 'delivered' | 'dropped' | 'parked',
    failure: string | null,
  ): Promise<number>;
  /** What waits, in every stream in which something does. */
  lags(): Promise<readonly StreamLag[]>;
  backlog(streamId: string): Promise<StreamBacklog>;
  refused(streamId: string, limit: number): Promise<readonly RefusedDelivery[]>;
  /** Notes that a receiver has been heard of. */
  seen(streamIds: readonly string[], at: Date): Promise<void>;
  /** Resolves when something new was stored, when the time is over, or when the signal aborts. */
  stored(withinMs: number, signal: AbortSignal): Promise<void>;
}
