const firstMs = 5000;
const factor = 3;
const longestMs = 6.5 * 60 * 60 * 1000;
const maxAttempts = 12;
const minAttempts = 3;
const maxAgeMs = 3 * 24 * 60 * 60 * 1000;

/** When to try again after a failure, or null to give up. */
export type RetrySchedule = (failure: {
  /** Attempts so far, the failed one among them. */
  readonly attempts: number;
  readonly ageMs: number;
  /** What the receiver asked for. */
  readonly retryAfterMs: number | null;
  /** Between 0 and 1; spreads what failed at the same moment. */
  readonly random: number;
}) => number | null;

/**
 * 5 s, 15 s, 45 s and so on up to 6.5 h, each between half and one and a half times as long; given up after twelve
 * attempts, which is about a day, or when three days have gone by and three attempts have failed.
 */
export const retrySchedule: RetrySchedule = ({ attempts, ageMs, retryAfterMs, random }) => {
  if (attempts >= maxAttempts || (attempts >= minAttempts && ageMs > maxAgeMs)) return null;
  const pauseMs = Math.min(firstMs * factor ** (attempts - 1), longestMs) * (0.5 + random);
  return Math.round(Math.max(pauseMs, retryAfterMs ?? 0));
};
