import { z } from 'zod';
import type { Id } from '../../domain/kernel/ids.js';
import { authenticated } from '../../domain/kernel/rights.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { defineCommand } from '../command.js';

const pageSize = 2000;

/**
 * Marks notifications of the caller as seen: the named ones, or all. Those of others and those already seen are passed
 * over. Appends `activity.notification.seen`, nothing when there is nothing new.
 */
export const markNotificationsSeenCommand = defineCommand<
  { readonly ids: readonly string[] | null },
  { readonly count: number; readonly ids: readonly string[] }
>({
  name: 'markNotificationsSeen',
  input: z.strictObject({ ids: z.array(z.string().max(100)).max(500).nullable() }),
  access: authenticated,
  passesBlockade: true,
  run: async (unit, { ids }) => {
    const { userId } = unit.context.rights;
    if (userId === null) throw new DomainError('UNAUTHENTICATED');
    const unseen: readonly Id<'notification'>[] = await unit.ports.inbox.unseenOf(userId, ids);
    for (let at = 0; at < unseen.length; at += pageSize)
      unit.record({
        type: 'activity.notification.seen',
        data: { userId, notificationIds: unseen.slice(at, at + pageSize) },
      });
    return { count: unseen.length, ids: unseen };
  },
});
