import { Redis } from 'ioredis';
import type { Logger } from '../../commands/ports.js';

const connectMs = 2000;
const commandMs = 500;

/** Redis would throw away what it holds when memory is short, schedules and counters among it. */
export class EvictingRedis extends Error {
  constructor(policy: string) {
    super(`Redis runs with maxmemory-policy ${policy}; it must be noeviction.`);
    this.name = 'EvictingRedis';
  }
}

const requireNoEviction = async (redis: Redis): Promise<void> => {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1] ?? 'noeviction';
  if (policy !== 'noeviction') throw new EvictingRedis(policy);
};

/**
 * A connection whose commands fail after half a second, and which is made anew when it breaks. An outage is logged once;
 * also at the start it is no reason to stop. Throws `EvictingRedis` when the server may drop keys.
 */
export const connectRedis = async (url: string, log: Logger): Promise<Redis> => {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: connectMs,
    commandTimeout: commandMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(100 * 2 ** times, 5000) * (0.5 + Math.random() / 2),
  });
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) log.warn({ err: error }, 'Redis does not answer; counters and schedules do without it');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.warn({}, 'Redis answers again');
    down = false;
  });
  const connected = await redis.connect().then(
    () => true,
    () => false,
  );
  if (!connected) return redis;
  try {
    await requireNoEviction(redis);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
};
