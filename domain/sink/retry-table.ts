const minute = 60_000;
const hour = 60 * minute;
const pausesMs = [5000, 30_000, 2 * minute, 10 * minute, 30 * minute];
/** Pauses are spread by a fifth to either side, so that many sinks do not come back at once. */
const jitter = 0.2;

/** A receiver that has taken nothing for so long makes its sink `failing`. */
export const failAfterMs = 24 * hour;

/**
 * How long to wait after a failure: 5 s, 30 s, 2 min, 10 min, 30 min, then an hour each time, or longer when the
 * receiver asks for it. Nothing is ever given up: the log is the buffer. `random` is between 0 and 1.
 */
export const sinkRetryMs = (attempts: number, retryAfterMs: number | null, random: number): number => {
  const pause = (pausesMs[attempts - 1] ?? hour) * (1 - jitter + 2 * jitter * random);
  return Math.round(Math.max(pause, retryAfterMs ?? 0));
};
