import type { ScheduledJobs } from '../../commands/delivery-ports.js';
import type { Ports } from '../../commands/ports.js';
import { restoreWindowMs } from '../../domain/history/restore-window.js';
import { sink as family } from '../../domain/sink/family.js';

const everyMs = 60_000;

/** Every minute, once for the site: notes how sinks stand, and forgets those that nobody can bring back any more. */
export const scheduleTendingSinks = (jobs: ScheduledJobs, ports: Ports): void => {
  jobs.every('sinks', everyMs, () => tendSinks(ports));
};

/** Notes how sinks stand. What a deleted sink has left goes when the deletion can no longer be taken back. */
export const tendSinks = async ({ config, clock, sinks, store }: Ports): Promise<void> => {
  const now = clock.now();
  const ids = config.family(family.family).map(({ id }) => id);
  await sinks.records.sample(await sinks.records.status(ids), now);
  for (const id of await sinks.records.remembered()) {
    if (ids.includes(id)) continue;
    const last = (await store.readStream(`sink-${id}`)).at(-1);
    if (last?.type === 'sink.deleted' && now.getTime() - last.at.getTime() > restoreWindowMs)
      await sinks.records.forget(id);
  }
};
