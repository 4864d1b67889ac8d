import { z } from 'zod';
import { authenticated } from '../../domain/kernel/rights.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { defineCommand } from '../command.js';

/**
 * Takes back that the caller has seen some of his notifications. Those of others and those not seen are passed over. Appends
 * `activity.notification.unseen`, nothing when there is nothing to take back.
 */
export const markNotificationsUnseenCommand = defineCommand<
  { readonly ids: readonly string[] },
  { readonly count: number }
>({
  name: 'markNotificationsUnseen',
  input: z.strictObject({ ids: z.array(z.string().max(100)).max(500) }),
  access: authenticated,
  passesBlockade: true,
  run: async (unit, { ids }) => {
    const { userId } = unit.context.rights;
    if (userId === null) throw new DomainError('UNAUTHENTICATED');
    const notificationIds = await unit.ports.inbox.seenOf(userId, ids);
    if (notificationIds.length > 0)
      unit.record({ type: 'activity.notification.unseen', data: { userId, notificationIds } });
    return { count: notificationIds.length };
  },
});
