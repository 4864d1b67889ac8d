import { recordFactCommand } from '../commands/activity/record-fact.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';
import { retentionClasses, type RetentionClass, type Trimming } from '../domain/audit/retention.js';

const hourMs = 3_600_000;

/** How long entries of each class are shown; null for ever. */
export type Retention = Readonly<Record<RetentionClass, number | null>>;

/** What the event log tells those who trim it. */
export interface TrimmableLog {
  /** Whether there is an entry that a trimming would take out. */
  holds(trimming: Trimming): Promise<boolean>;
  /** Position up to which every sink has what it is to get. */
  delivered(): Promise<bigint>;
  /** People under a legal hold. */
  held(): Promise<readonly string[]>;
}

/**
 * Takes entries whose time is over out of the event log: by the full hour, never what a sink has not got, never what
 * concerns somebody under a legal hold. The events stay. Records `activity.audit.trimmed` for each class that has such entries.
 */
export const trimEventLog = async (ports: Ports, log: TrimmableLog, retention: Retention): Promise<void> => {
  const through = String(await log.delivered());
  const except = await log.held();
  for (const name of retentionClasses) {
    const keptMs = retention[name];
    if (keptMs === null) continue;
    const endMs = Math.floor((ports.clock.now().getTime() - keptMs) / hourMs) * hourMs;
    const trimming = { class: name, before: new Date(endMs).toISOString(), through, except };
    if (await log.holds(trimming))
      await execute(
        ports,
        recordFactCommand,
        { type: 'activity.audit.trimmed', data: trimming },
        systemContext(ports, 'retention'),
      );
  }
};
