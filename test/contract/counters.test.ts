import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../adapters/postgres/migrate.js';
import { postgresCounters } from '../../adapters/postgres/counters.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { connectRedis, EvictingRedis } from '../../adapters/redis/connect-redis.js';
import { redisCounters } from '../../adapters/redis/counters.js';
import { countersWithFallback } from '../../adapters/redis/counters-with-fallback.js';
import type { Counters } from '../../commands/ports.js';
import { createDatabase } from '../support/database.js';
import { RedisServer } from '../support/redis-server.mjs';
import { silent } from '../support/silent-log.js';

const backends: Record<string, () => Promise<{ counters: Counters; close: () => Promise<void> }>> = {
  postgres: async () => {
    const database = await createDatabase();
    const pool = createPool(database.connection, () => undefined);
    await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
    return {
      counters: postgresCounters(pool),
      close: async () => {
        await pool.end();
        await database.drop();
      },
    };
  },
  redis: async () => {
    const server = await RedisServer.start();
    const redis = await connectRedis(server.url, silent);
    return {
      counters: redisCounters(redis),
      close: async () => {
        redis.disconnect();
        await server.destroy();
      },
    };
  },
};

describe.each(Object.keys(backends))('counters: %s', (name) => {
  let counters: Counters;
  let close: () => Promise<void>;
  const one = async (key: string, windowMs = 60_000): Promise<number> =>
    (await counters.increment([{ key, windowMs }]))[0]!;

  beforeAll(async () => {
    ({ counters, close } = await backends[name]!());
  });
  afterAll(() => close());

  it('counts each key by itself and answers in the order of the question', async () => {
    await one('b');
    const both = [
      { key: 'a', windowMs: 60_000 },
      { key: 'b', windowMs: 60_000 },
    ];
    expect(await counters.increment(both)).toEqual([1, 2]);
    expect(await counters.increment([...both].reverse())).toEqual([3, 2]);
  });

  it('R8: a hundred at once are a hundred', async () => {
    const hits = await Promise.all(Array.from({ length: 100 }, () => one('busy')));
    expect(hits.sort((left, right) => left - right)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  });

  it('begins anew when the window of the first hit is over, however often it was hit meanwhile', async () => {
    expect(await one('short', 300)).toBe(1);
    expect(await one('short', 300)).toBe(2);
    await expect.poll(() => one('short', 300), { timeout: 5000, interval: 100 }).toBe(1);
  });

  it('forgets some after a success and takes an attempt back from others, never below nothing', async () => {
    await one('account');
    await one('address');
    await one('address');
    await counters.settle({ reset: ['account'], decrement: ['address', 'unknown'] });
    expect(await one('account')).toBe(1);
    expect(await one('address')).toBe(2);
    expect(await one('unknown')).toBe(1);
    await counters.settle({ reset: [], decrement: [] });
  });
});

describe('a Redis that fails', () => {
  it('R25, R11: counting goes on at half the limits while it is away or silent, and together again afterwards', async () => {
    const server = await RedisServer.start();
    const redis = await connectRedis(server.url, silent);
    const warnings: string[] = [];
    const counters = countersWithFallback(redisCounters(redis), {
      ...silent,
      warn: (_fields, message) => warnings.push(message),
    });
    const hit = async (key: string): Promise<number> =>
      (await counters.increment([{ key, windowMs: 60_000 }]))[0]!;
    const twice = async (key: string): Promise<number[]> => [await hit(key), await hit(key)];
    try {
      expect(await twice('shared')).toEqual([1, 2]);
      server.signal('SIGSTOP');
      const before = performance.now();
      expect(await hit('silent')).toBe(2);
      expect(performance.now() - before).toBeLessThan(2000);
      server.signal('SIGCONT');
      await expect.poll(() => hit('shared')).toBeGreaterThan(2);
      expect(warnings).toHaveLength(2);
      await server.kill();
      expect(await twice('away')).toEqual([2, 4]);
      await counters.settle({ reset: ['away'], decrement: [] });
      expect(await hit('away')).toBe(2);
      await server.start();
      await expect.poll(() => hit('back'), { timeout: 15_000, interval: 200 }).toBe(1);
      expect(warnings).toHaveLength(4);
    } finally {
      redis.disconnect();
      await server.destroy();
    }
  });

  it('is refused when it may drop keys', async () => {
    const server = await RedisServer.start('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
    await expect(connectRedis(server.url, silent)).rejects.toBeInstanceOf(EvictingRedis);
    await server.destroy();
  });
});
