import type { Redis } from 'ioredis';
import type { Counters } from '../../commands/ports.js';

/** Takes one attempt back from a counter that still counts. */
const decrement = `
for _, key in ipairs(KEYS) do
  local hits = tonumber(redis.call('get', key) or '0')
  if hits > 0 then redis.call('decr', key) end
end`;

const named = (key: string): string => `muniment:counter:${key}`;

/** Counters in Redis: one round trip each, whatever the number of keys. */
export const redisCounters = (redis: Redis): Counters => ({
  increment: async (keys) => {
    const pipeline = redis.multi();
    for (const { key, windowMs } of keys)
      pipeline.set(named(key), 0, 'PX', Math.max(1, Math.round(windowMs)), 'NX').incr(named(key));
    const replies = (await pipeline.exec()) ?? [];
    return keys.map((_, index) => {
      const [error, hits] = replies[2 * index + 1] ?? [new Error('no answer'), null];
      if (error) throw error;
      return Number(hits);
    });
  },
  settle: async ({ reset, decrement: taken }) => {
    const pipeline = redis.multi();
    if (reset.length > 0) pipeline.del(...reset.map(named));
    if (taken.length > 0) pipeline.eval(decrement, taken.length, ...taken.map(named));
    await pipeline.exec();
  },
});
