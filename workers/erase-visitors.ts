import { eraseVisitorsCommand } from '../commands/privacy/erase-visitors.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';

/** When the month of `visitor-<yyyymm>` is over. */
const endOf = (subject: string): number =>
  Date.UTC(Number(subject.slice(-6, -2)), Number(subject.slice(-2)), 1);

/** Erases what is personal about visitors whose activity need not be kept any longer. */
export const eraseOldVisitors = async (ports: Ports, retentionMs: number): Promise<void> => {
  const due = ports.clock.now().getTime() - retentionMs;
  for (const subject of await ports.subjects.visitors())
    if (endOf(subject) <= due)
      await execute(ports, eraseVisitorsCommand, { subject }, systemContext(ports, 'retention'));
};
