import { recordFactCommand } from '../commands/activity/record-fact.js';
import { execute } from '../commands/pipeline.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';
import type { Id } from '../domain/kernel/ids.js';

const hourMs = 3_600_000;
/** What is younger may be about an entry that the event log is about to show. */
const youngMs = hourMs;

/** Notifications in the product, for those who trim them. */
export interface TrimmableInbox {
  holdsSeenBefore(moment: string): Promise<boolean>;
  /** The oldest from before a moment whose entry the event log does not show any more. */
  withoutEntry(moment: string, limit: number): Promise<readonly Id<'notification'>[]>;
}

/** So many are named in one event. */
const mostNamed = 5000;

/**
 * Takes away notifications that were seen so long ago, and those whose entry has left the event log. Records
 * `activity.notification.trimmed` when there are such.
 */
export const trimInbox = async (ports: Ports, inbox: TrimmableInbox, keptMs: number): Promise<void> => {
  const now = ports.clock.now().getTime();
  const seenBefore = new Date(Math.floor((now - keptMs) / hourMs) * hourMs).toISOString();
  const notificationIds = await inbox.withoutEntry(new Date(now - youngMs).toISOString(), mostNamed);
  if (notificationIds.length === 0 && !(await inbox.holdsSeenBefore(seenBefore))) return;
  await execute(
    ports,
    recordFactCommand,
    {
      type: 'activity.notification.trimmed',
      data: { seenBefore, notificationIds: [...notificationIds] },
    },
    systemContext(ports, 'retention'),
  );
};
