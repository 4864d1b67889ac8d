import type { HealthDetail, DependencyHealth } from '../api/health/health-detail.js';
import type { Core } from './core.js';

const answerMs = 2000;

/** Asks one dependency; what it answers with is no matter, only that it does in time. */
const ask = async (question: () => Promise<unknown>): Promise<DependencyHealth> => {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer'));
    }, answerMs);
  });
  try {
    await Promise.race([question(), late]);
    return { status: 'ok', latencyMs: Math.round(performance.now() - began) };
  } catch {
    return { status: 'unavailable', latencyMs: null };
  } finally {
    clearTimeout(timer);
  }
};

const waiting = async ({ backgroundPool }: Core): Promise<HealthDetail['outbox']> => {
  const { rows } = await backgroundPool.query<{ pending: number; parked: number }>(
    `select count(*) filter (where status = 'pending')::int as pending,
            count(*) filter (where status = 'parked')::int as parked
       from outbox.delivery where status in ('pending', 'parked')`,
  );
  return rows[0]!;
};

/** How everything stands that this process depends on. A dependency that does not answer is told as such. */
export const healthDetail =
  (core: Core, readiness: () => string | null) => async (): Promise<HealthDetail> => {
    const { ports, pool, backgroundPool, redis, tail } = core;
    const [eventStore, postgres, cache, readModels, outbox] = await Promise.all([
      ask(() => ports.store.head()),
      ask(() => pool.query('select 1')),
      redis === null ? null : ask(() => redis.ping()),
      ports.readModels.status().catch(() => null),
      waiting(core).catch(() => null),
    ]);
    const problem = readiness();
    return {
      status: problem === null ? 'ready' : 'unavailable',
      problem,
      position: String(tail.position),
      dependencies: { eventStore, postgres, redis: cache },
      readModels:
        readModels
          ?.filter(({ state }) => state === 'live')
          .map(({ name, position, lagEvents, lagSeconds, halt }) => ({
            group: name,
            position: String(position),
            lagEvents,
            lagSeconds,
            halted: halt !== null,
          })) ?? null,
      outbox,
      poolWaiting: { requests: pool.waitingCount, background: backgroundPool.waitingCount },
    };
  };
