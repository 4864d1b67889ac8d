import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Counters, Logger } from '../../commands/ports.js';
import { postgresCounters } from '../../adapters/postgres/counters.js';

/** Counters of the site: in Redis when there is one, else in Postgres. */
export const openCounters = async (pool: Pool, redis: Redis | null, log: Logger): Promise<Counters> => {
  if (!redis) return postgresCounters(pool);
  const [{ redisCounters }, { countersWithFallback }] = await Promise.all([
    import('../../adapters/redis/counters.js'),
    import('../../adapters/redis/counters-with-fallback.js'),
  ]);
  return countersWithFallback(redisCounters(redis), log);
};
