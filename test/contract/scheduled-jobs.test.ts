import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BullJobs } from '../../adapters/jobs/bull-jobs.js';
import { openPostgresJobs, redisJobs, type JobsBackend } from '../../adapters/jobs/jobs-backend.js';
import { createPool } from '../../adapters/postgres/pool.js';
import { connectRedis } from '../../adapters/redis/connect-redis.js';
import { Proxy } from '../chaos/proxy.mjs';
import { createDatabase } from '../support/database.js';
import { RedisServer } from '../support/redis-server.mjs';
import { silent } from '../support/silent-log.js';

interface Backend {
  /** What one process of the site would use. */
  readonly open: () => Promise<JobsBackend>;
  /** Loses everything that the queue holds. */
  readonly forget: () => Promise<void>;
  /** Cuts all connections of the queue. */
  readonly cut: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const backends: Record<string, () => Promise<Backend>> = {
  postgres: async () => {
    const database = await createDatabase();
    const pool = createPool(database.connection, () => undefined);
    return {
      open: () => openPostgresJobs(database.connection, () => undefined),
      forget: async () => {
        await pool.query('truncate bullmq.job, bullmq.scheduler cascade');
      },
      cut: async () => {
        await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
        );
      },
      close: async () => {
        await pool.end();
        await database.drop();
      },
    };
  },
  redis: async () => {
    const server = await RedisServer.start();
    return {
      open: async () => {
        const redis = await connectRedis(server.url, silent);
        const backend = redisJobs(redis);
        return {
          ...backend,
          close: async () => {
            await backend.close();
            redis.disconnect();
          },
        };
      },
      forget: () => server.flush(),
      cut: async () => {
        await server.kill();
        await server.start();
      },
      close: () => server.destroy(),
    };
  },
};

describe('scheduled jobs in Postgres, when it cannot be reached', () => {
  it('R9: begin when it can, without asking all the time until then', async () => {
    const database = await createDatabase();
    const { host = '', port = 5432 } = database.connection as { host?: string; port?: number };
    const proxy = await Proxy.open({ path: `${host}/.s.PGSQL.${String(port)}` });
    const through = { ...database.connection, host: '127.0.0.1', port: proxy.port };
    const opened = await openPostgresJobs(through, () => undefined);
    await proxy.set('refuse');
    proxy.cutNow();
    const jobs = new BullJobs(opened, silent, 500);
    const begun: number[] = [];
    jobs.every('late', 300, () => {
      begun.push(performance.now());
      return Promise.resolve();
    });
    jobs.start();
    const { user, system } = process.cpuUsage();
    await delay(2500);
    const used = process.cpuUsage({ user, system });
    expect((used.user + used.system) / 1000).toBeLessThan(1000);
    expect(begun).toEqual([]);
    await proxy.heal();
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
    await jobs.stop();
    await proxy.close();
    await database.drop();
  });
});

describe.each(Object.keys(backends))('scheduled jobs: %s', (name) => {
  let backend: Backend;
  let running: BullJobs[] = [];
  /** As many processes as a site may have, with one schedule; tells when a run began. */
  const site = async (
    processes: number,
    job: string,
    intervalMs: number,
    run: () => Promise<void> = () => Promise.resolve(),
  ): Promise<number[]> => {
    const begun: number[] = [];
    for (let n = 0; n < processes; n += 1) {
      const jobs = new BullJobs(await backend.open(), silent, 500);
      jobs.every(job, intervalMs, () => {
        begun.push(performance.now());
        return run();
      });
      jobs.start();
      running.push(jobs);
    }
    return begun;
  };

  beforeAll(async () => {
    backend = await backends[name]!();
  });
  afterEach(async () => {
    for (const jobs of running) await jobs.stop();
    running = [];
    await backend.forget();
  });
  afterAll(() => backend.close());

  it('R24: three processes run a schedule once per interval', async () => {
    const begun = await site(3, 'tick', 400);
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(8);
    // A run may begin late where much else runs, the next one then on time: it is their number that counts.
    const intervals = (begun.at(-1)! - begun[0]!) / 400;
    expect(begun.length).toBeLessThanOrEqual(intervals + 2);
  });

  it('a run that fails does not end the schedule', async () => {
    const begun = await site(1, 'failing', 300, () => Promise.reject(new Error('no')));
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(3);
  });

  it('R25: a queue that has lost everything gets its schedules again', async () => {
    const begun = await site(2, 'kept', 300);
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(1);
    await backend.forget();
    const before = begun.length;
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBeGreaterThan(before + 2);
  });

  it('R9: goes on after its connections were cut', async () => {
    const begun = await site(2, 'cut', 300);
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(1);
    await backend.cut();
    const before = begun.length;
    await expect.poll(() => begun.length, { timeout: 20_000 }).toBeGreaterThan(before + 2);
  });

  it('stopping waits for the run that is under way', async () => {
    let finished = false;
    const begun = await site(1, 'slow', 200, async () => {
      await delay(500);
      finished = true;
    });
    await expect.poll(() => begun.length, { timeout: 15_000 }).toBe(1);
    await running.pop()!.stop();
    expect(finished).toBe(true);
  });
});
