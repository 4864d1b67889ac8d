import { sweepExpired } from '../adapters/postgres/sweep.js';
import type { ConnectionOptions } from '../adapters/postgres/pool.js';
import { scheduleHousekeeping } from '../workers/housekeeping.js';
import { scheduleTendingSinks } from '../workers/sink/tend-sinks.js';
import { durationMs } from '../domain/kernel/duration.js';
import { reportedSchedules } from '../workers/reported-task.js';
import { trimEventLog } from '../workers/trim-event-log.js';
import { trimInbox } from '../workers/trim-inbox.js';
import type { Settings } from './configuration.js';
import type { Core } from './core.js';
import { dropUnusedReadModels } from './read-models.js';
import { retentionOf, trimmableInbox, trimmableLog } from './retention.js';

const trimEveryMs = 300_000;
const trimInboxEveryMs = 8 * 3_600_000;

/** Starts the schedules of the site: in Redis when there is one, else in Postgres. Returns how to stop them. */
export const runJobs = async (
  core: Core,
  connection: ConnectionOptions,
  settings: Settings,
): Promise<() => Promise<void>> => {
  const [{ BullJobs }, { openPostgresJobs, redisJobs }] = await Promise.all([
    import('../adapters/jobs/bull-jobs.js'),
    import('../adapters/jobs/jobs-backend.js'),
  ]);
  const { log } = core.ports;
  const backend = core.redis
    ? redisJobs(core.redis)
    : await openPostgresJobs(connection, (error) => {
        log.warn({ err: error }, 'an idle connection of the job queue broke');
      });
  const jobs = new BullJobs(backend, log);
  const schedules = reportedSchedules(core.ports, jobs);
  scheduleHousekeeping(
    schedules,
    core.ports,
    async () => {
      await sweepExpired(core.backgroundPool);
      await dropUnusedReadModels(core.backgroundDb, log);
    },
    durationMs(settings.MUNIMENT_ACTIVITY_RETENTION),
  );
  schedules.every('retention', trimEveryMs, () =>
    trimEventLog(core.ports, trimmableLog(core), retentionOf(settings)),
  );
  schedules.every('notifications', trimInboxEveryMs, () =>
    trimInbox(core.ports, trimmableInbox(core), durationMs(settings.MUNIMENT_NOTIFICATION_RETENTION)),
  );
  scheduleTendingSinks(jobs, core.ports);
  jobs.start();
  return () => jobs.stop();
};
