import { recordFactCommand } from '../commands/activity/record-fact.js';
import type { ScheduledJobs } from '../commands/delivery-ports.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';

const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/**
 * A task whose failure is an entry of the event log: `activity.task.failed`, once until it succeeds again. The failure
 * itself goes on to the caller.
 */
export const reportedTask = (ports: Ports, task: string, run: () => Promise<void>): (() => Promise<void>) => {
  let failing = false;
  const record = async (error: unknown): Promise<void> => {
    try {
      await execute(
        ports,
        recordFactCommand,
        { type: 'activity.task.failed', data: { task, error: kindOf(error) } },
        systemContext(ports, task),
      );
      failing = true;
    } catch (problem) {
      ports.log.warn({ err: problem, task }, 'a failed task could not be recorded');
    }
  };
  return async () => {
    try {
      await run();
      failing = false;
    } catch (error) {
      if (!failing) await record(error);
      throw error;
    }
  };
};

/** Schedules whose failures are entries of the event log. */
export const reportedSchedules = (ports: Ports, jobs: ScheduledJobs): Pick<ScheduledJobs, 'every'> => ({
  every: (name, intervalMs, run) => jobs.every(name, intervalMs, reportedTask(ports, name, run)),
});
