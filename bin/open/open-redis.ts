import type { Redis } from 'ioredis';
import type { Logger } from '../../commands/ports.js';
import { OperatorError, type Settings } from '../configuration.js';

/** The site's Redis, or null when none is configured. Throws `OperatorError` when it may forget what it holds. */
export const openRedis = async (settings: Settings, log: Logger): Promise<Redis | null> => {
  if (settings.REDIS_URL === undefined) return null;
  const { connectRedis, EvictingRedis } = await import('../../adapters/redis/connect-redis.js');
  return connectRedis(settings.REDIS_URL, log).catch((error: unknown) => {
    throw error instanceof EvictingRedis ? new OperatorError(`REDIS_URL: ${error.message}`) : error;
  });
};
