import { endLapsedAccessCommand } from '../commands/access/end-lapsed-access.js';
import type { ScheduledJobs } from '../commands/delivery-ports.js';
import { execute } from '../commands/pipeline.js';
import { tendStreamsCommand } from '../commands/ssf/tend-streams.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';
import { eraseOldVisitors } from './erase-visitors.js';

const everyMs = 60_000;

/** Work of every minute, once for the site: ends access whose time is over, removes what has expired. */
export const scheduleHousekeeping = (
  jobs: Pick<ScheduledJobs, 'every'>,
  ports: Ports,
  sweep: () => Promise<void>,
  activityRetentionMs: number,
): void => {
  jobs.every('housekeeping', everyMs, async () => {
    await execute(ports, endLapsedAccessCommand, {}, systemContext(ports, 'housekeeping'));
    await execute(ports, tendStreamsCommand, {}, systemContext(ports, 'housekeeping'));
    await sweep();
    await eraseOldVisitors(ports, activityRetentionMs);
  });
};
