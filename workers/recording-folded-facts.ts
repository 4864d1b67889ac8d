import { recordFoldedFactsCommand } from '../commands/activity/record-folded-facts.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';
import type { FoldedFacts } from './flood-gate.js';

const everyMs = 60_000;
const pageSize = 400;

/** Records every minute, and at the end, what this process has counted instead of recording one by one. Returns how to stop. */
export const startRecordingFoldedFacts = (ports: Ports, folded: FoldedFacts): (() => Promise<void>) => {
  const record = async (): Promise<void> => {
    const counts = folded.take();
    for (let at = 0; at < counts.length; at += pageSize)
      await execute(
        ports,
        recordFoldedFactsCommand,
        counts.slice(at, at + pageSize),
        systemContext(ports, 'housekeeping'),
      );
  };
  let running = Promise.resolve();
  const recordNext = (): Promise<void> =>
    (running = running.then(record).catch((error: unknown) => {
      ports.log.warn({ err: error }, 'counted facts could not be recorded');
    }));
  const timer = setInterval(() => void recordNext(), everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return recordNext();
  };
};
