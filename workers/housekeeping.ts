import { endLapsedAccessCommand } from '../commands/access/end-lapsed-access.js';
import { recordFoldedFactsCommand } from '../commands/activity/record-folded-facts.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';
import { eraseOldVisitors } from './erase-visitors.js';
import type { FoldedFacts } from './flood-gate.js';

const everyMs = 60_000;
const pageSize = 400;

/** Work of every minute: removes what has expired, records what was counted. Returns how to stop it. */
export const startHousekeeping = (
  ports: Ports,
  folded: FoldedFacts,
  sweep: () => Promise<void>,
  activityRetentionMs: number,
): (() => Promise<void>) => {
  const recordCounts = async (): Promise<void> => {
    const counts = folded.take();
    for (let at = 0; at < counts.length; at += pageSize)
      await execute(
        ports,
        recordFoldedFactsCommand,
        counts.slice(at, at + pageSize),
        systemContext(ports, 'housekeeping'),
      );
  };
  const round = async (): Promise<void> => {
    try {
      await recordCounts();
      await execute(ports, endLapsedAccessCommand, {}, systemContext(ports, 'housekeeping'));
      await sweep();
      await eraseOldVisitors(ports, activityRetentionMs);
    } catch (error) {
      ports.log.warn({ err: error }, 'housekeeping failed and is tried again in a minute');
    }
  };
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = round();
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
};
