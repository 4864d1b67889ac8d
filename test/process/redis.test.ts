import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { Installation } from '../support/process.js';
import { adminPassword } from '../support/product.js';
import { RedisServer } from '../support/redis-server.mjs';

let server: RedisServer;
let installation: Installation;
let redis: Redis;

const signsIn = async (): Promise<boolean> =>
  (await new Client(installation.baseUrl).login('akadmin', adminPassword)).body?.component ===
  'xak-flow-redirect';
const keys = (pattern: string): Promise<string[]> => redis.keys(pattern);

beforeAll(async () => {
  server = await RedisServer.start();
  redis = new Redis(server.url);
  redis.on('error', () => undefined);
  installation = await Installation.create({
    REDIS_URL: server.url,
    MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
  });
  await installation.start();
});
afterAll(async () => {
  redis.disconnect();
  await installation.destroy();
  await server.destroy();
});

describe('the product with a Redis', () => {
  it('counts and schedules there', async () => {
    expect(await signsIn()).toBe(true);
    expect(await keys('muniment:counter:*')).not.toEqual([]);
    expect(await keys('bull:muniment:repeat:*')).not.toEqual([]);
  });

  it('R25: signs people in while it is killed, flushed or silent, and uses it again afterwards', async () => {
    await server.kill();
    expect(await signsIn()).toBe(true);
    await server.start();
    await expect
      .poll(async () => (await signsIn()) && (await keys('muniment:counter:*')).length > 0, {
        timeout: 15_000,
        interval: 300,
      })
      .toBe(true);
    await server.flush();
    expect(await signsIn()).toBe(true);
    server.signal('SIGSTOP');
    const before = performance.now();
    expect(await signsIn()).toBe(true);
    expect(performance.now() - before).toBeLessThan(5000);
    server.signal('SIGCONT');
    expect(await installation.isReady()).toBe(true);
  });

  it('starts again while it is away, and stops in time', async () => {
    expect(await installation.signal('SIGTERM')).toBe(0);
    await server.kill();
    await installation.start();
    expect(await signsIn()).toBe(true);
    const before = performance.now();
    expect(await installation.signal('SIGTERM')).toBe(0);
    expect(performance.now() - before).toBeLessThan(6000);
  });

  it('refuses one that may drop keys, in one line', async () => {
    await server.start('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
    const { code, stderr } = await installation.run(['up']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^muniment: REDIS_URL: .*noeviction\.\n$/);
  });
});
