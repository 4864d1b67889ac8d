import { DomainError } from '../../../domain/kernel/errors.js';
import type { NotificationWithEntry } from '../../../projections/inbox/query.js';
import type { GraphqlContext } from '../context.js';

/** The caller's new notifications as they come. Who he is is asked again before each: without his session he gets none. */
export async function* followNotifications(context: GraphqlContext): AsyncGenerator<NotificationWithEntry> {
  const userId = context.identity.user?.id;
  if (userId === undefined) throw new DomainError('UNAUTHENTICATED');
  for await (const rows of context.dependencies.inboxTail.follow()) {
    const own = rows.filter((row) => row.user_id === userId);
    if (own.length === 0) continue;
    if ((await context.identifyAgain()).user?.id !== userId) return;
    yield* own;
  }
}
