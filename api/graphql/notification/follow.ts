import { DomainError } from '../../../domain/kernel/errors.js';
import type { NotificationWithEntry } from '../../../projections/inbox/query.js';
import type { GraphqlContext } from '../context.js';

/** The caller's new notifications as they come. Who he is is asked again before each: without his session he gets none. */
export const followNotifications = (
  context: GraphqlContext,
): AsyncIterableIterator<NotificationWithEntry> => {
  const userId = context.identity.user?.id;
  if (userId === undefined) throw new DomainError('UNAUTHENTICATED');
  return context.dependencies.inboxTail.follow(async (rows) => {
    const own = rows.filter((row) => row.user_id === userId);
    if (own.length === 0) return [];
    return (await context.identifyAgain()).user?.id === userId ? own : null;
  });
};
