import { holdMs } from '../../commands/ssf/tend-streams.js';
import type { RetrySchedule } from '../outbox/retry-schedule.js';

const firstMs = 5000;
const factor = 3;
const longestMs = 60 * 60 * 1000;
const minAttempts = 3;

/** 5 s, 15 s, 45 s and so on up to an hour, each between half and one and a half times as long, for a week. */
export const holdSchedule: RetrySchedule = ({ attempts, ageMs, retryAfterMs, random }) => {
  if (attempts >= minAttempts && ageMs > holdMs) return null;
  const pauseMs = Math.min(firstMs * factor ** (attempts - 1), longestMs) * (0.5 + random);
  return Math.round(Math.max(pauseMs, retryAfterMs ?? 0));
};
