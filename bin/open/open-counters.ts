import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Counters, Logger, Sealer } from '../../commands/ports.js';
import { postgresCounters } from '../../adapters/postgres/counters.js';

/** Keys name addresses and people: what keeps the counts gets digests of them. */
const withDigests = (counters: Counters, sealer: Pick<Sealer, 'digest'>): Counters => {
  const digest = (key: string): string => sealer.digest('identifier', 'counter', key);
  return {
    increment: (keys) => counters.increment(keys.map((each) => ({ ...each, key: digest(each.key) }))),
    settle: ({ reset, decrement }) =>
      counters.settle({ reset: reset.map(digest), decrement: decrement.map(digest) }),
  };
};

/** Counters of the site: in Redis when there is one, else in Postgres. */
export const openCounters = async (
  pool: Pool,
  redis: Redis | null,
  sealer: Pick<Sealer, 'digest'>,
  log: Logger,
): Promise<Counters> => {
  if (!redis) return withDigests(postgresCounters(pool), sealer);
  const [{ redisCounters }, { countersWithFallback }] = await Promise.all([
    import('../../adapters/redis/counters.js'),
    import('../../adapters/redis/counters-with-fallback.js'),
  ]);
  return withDigests(countersWithFallback(redisCounters(redis), log), sealer);
};
