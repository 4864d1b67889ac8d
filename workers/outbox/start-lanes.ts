import type { Logger } from '../../commands/ports.js';
import { startWokenLoop } from '../woken-loop.js';

const lanesAtOnce = 32;
const takenElsewhereMs = 2000;
const graceMs = 1000;

/** A connection under which this process holds lanes; its locks end with it. */
export interface LaneHolder {
  /** Aborts when the connection is lost, and every lock with it. */
  readonly lost: AbortSignal;
  /** False when another process works on the lane. */
  take(lane: string): Promise<boolean>;
  release(lane: string): Promise<void>;
  close(): Promise<void>;
}

export interface LaneSignals {
  /** No other piece of work is to be begun. */
  readonly stopping: AbortSignal;
  /** What is under way is to be broken off: the lock is lost, or the grace of a stop has ended. */
  readonly aborting: AbortSignal;
}

export interface LaneOptions<Holder extends LaneHolder> {
  readonly name: string;
  readonly connect: () => Promise<Holder>;
  /** Lanes with something to do, and in how many milliseconds. */
  readonly waiting: (holder: Holder) => Promise<readonly { readonly lane: string; readonly inMs: number }[]>;
  /** Works on a lane that is held, until nothing is due or it is to stop. */
  readonly work: (holder: Holder, lane: string, signals: LaneSignals) => Promise<void>;
  /** How long a lane without anything left to do is kept, in case that more comes soon. */
  readonly lingerMs?: number;
  readonly log: Logger;
}

export interface Lanes {
  /** There may be something new to do, in one lane or in any. */
  readonly wake: (lane?: string) => void;
  /** Ends what is under way, or breaks it off after a while, and begins nothing more. */
  readonly stop: () => Promise<void>;
}

/**
 * Works on lanes: one thing after the other in each, lanes beside each other, each in one process of the site only. To be
 * woken when there may be something new to do.
 */
export const startLanes = <Holder extends LaneHolder>(options: LaneOptions<Holder>): Lanes => {
  const { name, log } = options;
  const stopping = new AbortController();
  const aborting = new AbortController();
  const active = new Map<string, Promise<void>>();
  const elsewhereUntil = new Map<string, number>();
  const lingering = new Map<string, () => void>();
  /** Lanes that are worked on and were woken meanwhile. */
  const woken = new Set<string>();
  let connection: Holder | null = null;

  const connected = async (): Promise<Holder> => {
    if (connection && !connection.lost.aborted) return connection;
    await Promise.all(active.values());
    connection = await options.connect();
    connection.lost.addEventListener('abort', () => {
      loop.wake();
    });
    return connection;
  };

  const round = async (): Promise<number | null> => {
    const holder = await connected();
    const now = Date.now();
    let nextMs: number | null = null;
    for (const { lane, inMs } of await options.waiting(holder)) {
      if (active.has(lane)) continue;
      const waitMs = Math.max(inMs, (elsewhereUntil.get(lane) ?? 0) - now);
      if (waitMs > 0) nextMs = Math.min(nextMs ?? waitMs, waitMs);
      else if (active.size < lanesAtOnce && !stopping.signal.aborted) start(holder, lane);
    }
    return nextMs;
  };

  const start = (holder: Holder, lane: string): void => {
    const running = workLane(holder, lane)
      .catch((error: unknown) => {
        if (!holder.lost.aborted) log.error({ err: error, lane }, 'a lane of deliveries was interrupted');
        elsewhereUntil.set(lane, Date.now() + takenElsewhereMs);
      })
      .finally(() => {
        active.delete(lane);
        woken.delete(lane);
        loop.wake();
      });
    active.set(lane, running);
  };

  const workLane = async (holder: Holder, lane: string): Promise<void> => {
    if (!(await holder.take(lane))) {
      elsewhereUntil.set(lane, Date.now() + takenElsewhereMs);
      return;
    }
    elsewhereUntil.delete(lane);
    try {
      const signals = {
        stopping: stopping.signal,
        aborting: AbortSignal.any([aborting.signal, holder.lost]),
      };
      do {
        woken.delete(lane);
        await options.work(holder, lane, signals);
      } while (!signals.aborting.aborted && (await isWokenSoon(lane)));
    } finally {
      if (!holder.lost.aborted) await holder.release(lane);
    }
  };

  /** Lanes linger only while there is room for as many others. */
  const isWokenSoon = (lane: string): Promise<boolean> => {
    const { lingerMs = 0 } = options;
    if (lingerMs === 0 || stopping.signal.aborted || active.size > lanesAtOnce / 2)
      return Promise.resolve(false);
    if (woken.has(lane)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (again: boolean) => (): void => {
        clearTimeout(timer);
        lingering.delete(lane);
        resolve(again && !stopping.signal.aborted);
      };
      const timer = setTimeout(end(false), lingerMs);
      lingering.set(lane, end(true));
    });
  };
  const wakeActive = (lanes: Iterable<string>): void => {
    for (const lane of lanes) {
      woken.add(lane);
      lingering.get(lane)?.();
    }
  };

  const loop = startWokenLoop(round, (error) => {
    log.warn({ err: error, reactor: name }, 'deliveries pause');
  });
  return {
    wake: (lane) => {
      // Whoever works on it looks again, and when that ends there is a round.
      if (lane !== undefined && active.has(lane)) wakeActive([lane]);
      else {
        wakeActive(active.keys());
        loop.wake();
      }
    },
    stop: async () => {
      stopping.abort();
      wakeActive(active.keys());
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
