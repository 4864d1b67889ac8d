import type { Counters, Logger } from '../../commands/ports.js';

interface Window {
  hits: number;
  readonly endsAt: number;
}

const maxKeys = 100_000;

/** Counters of this process alone. */
const localCounters = (now: () => number): Counters => {
  const windows = new Map<string, Window>();
  const current = (key: string): Window | null => {
    const window = windows.get(key);
    return window && window.endsAt > now() ? window : null;
  };
  return {
    increment: (keys) => {
      if (windows.size > maxKeys) windows.clear();
      return Promise.resolve(
        keys.map(({ key, windowMs }) => {
          const window = current(key) ?? { hits: 0, endsAt: now() + windowMs };
          window.hits += 1;
          windows.set(key, window);
          return window.hits;
        }),
      );
    },
    settle: ({ reset, decrement }) => {
      for (const key of reset) windows.delete(key);
      for (const key of decrement) {
        const window = current(key);
        if (window) window.hits = Math.max(0, window.hits - 1);
      }
      return Promise.resolve();
    },
  };
};

/**
 * Goes on counting when the shared counters do not answer: in this process, every attempt counting twice, so that limits
 * are half as high while processes do not see each other's attempts.
 */
export const countersWithFallback = (
  shared: Counters,
  log: Logger,
  now: () => number = () => performance.now(),
): Counters => {
  const local = localCounters(now);
  let degraded = false;
  const note = (failure: unknown): void => {
    if (failure !== null && !degraded)
      log.warn(
        { err: failure },
        'the shared counters do not answer; this process counts alone, at half the limits',
      );
    if (failure === null && degraded) log.warn({}, 'the shared counters answer again');
    degraded = failure !== null;
  };
  return {
    increment: async (keys) => {
      try {
        const hits = await shared.increment(keys);
        note(null);
        return hits;
      } catch (error) {
        note(error);
        return (await local.increment(keys)).map((hits) => 2 * hits);
      }
    },
    settle: async (keys) => {
      await local.settle(keys);
      await shared.settle(keys).catch(note);
    },
  };
};
