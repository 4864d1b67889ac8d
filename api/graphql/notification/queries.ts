import { DomainError } from '../../../domain/kernel/errors.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import {
  countNotifications,
  listNotifications,
  type NotificationWithEntry,
} from '../../../projections/inbox/query.js';
import { type Builder, countedElsewhere } from '../builder.js';
import { countCap, decodeCursor, encodeCursor, pageSize } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import { followNotifications } from './follow.js';
import type { NotificationType } from './notification.js';

interface NotificationPage {
  readonly nodes: readonly NotificationWithEntry[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly count: () => Promise<number>;
}

const ownId = (context: GraphqlContext): string => {
  const id = context.identity.user?.id;
  if (id === undefined) throw new DomainError('UNAUTHENTICATED');
  return id;
};

const listPage = async (
  context: GraphqlContext,
  args: {
    readonly first: number;
    readonly after?: string | null | undefined;
    readonly unseenOnly?: boolean | null | undefined;
  },
): Promise<NotificationPage> => {
  const { db } = context.dependencies;
  const userId = ownId(context);
  const first = pageSize(args.first);
  const unseenOnly = args.unseenOnly ?? false;
  const after =
    args.after == null ? null : BigInt(String(decodeCursor(context, 'notifications', args.after)[0]));
  const rows = await listNotifications(db, { userId, unseenOnly, after, limit: first + 1 });
  const nodes = rows.slice(0, first);
  const last = nodes.at(-1);
  return {
    nodes,
    endCursor: last ? encodeCursor(context, 'notifications', [String(last.position)]) : null,
    hasNextPage: rows.length > first,
    count: () => countNotifications(db, userId, unseenOnly, countCap),
  };
};

/** `notifications`, `unseenNotificationCount`, and the subscription `notificationAdded`: always the caller's own. */
export const addNotificationQueries = (builder: Builder, notification: NotificationType): void => {
  const connection = builder.objectRef<NotificationPage>('NotificationConnection').implement({
    fields: (t) => ({
      nodes: t.field({
        complexity: countedElsewhere,
        type: [notification],
        resolve: (page) => [...page.nodes],
      }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      totalCount: t.int({ complexity: 20, resolve: (page) => page.count() }),
      totalCountExact: t.boolean({
        complexity: 20,
        resolve: async (page) => (await page.count()) < countCap,
      }),
    }),
  });
  builder.queryField('notifications', (t) =>
    t.field({
      type: connection,
      args: {
        first: t.arg.int({ defaultValue: 20, required: true }),
        after: t.arg.string(),
        unseenOnly: t.arg.boolean(),
      },
      complexity: (args) => ({ field: 1, multiplier: Math.max(1, args.first / 10) }),
      ...demands(authenticated),
      resolve: (_root, args, context) => listPage(context, args),
    }),
  );
  builder.queryField('unseenNotificationCount', (t) =>
    t.int({
      description: 'Counting stops at 10,001.',
      ...demands(authenticated),
      resolve: (_root, _args, context) =>
        countNotifications(context.dependencies.db, ownId(context), true, countCap),
    }),
  );
  builder.subscriptionField('notificationAdded', (t) =>
    t.field({
      type: notification,
      ...demands(authenticated),
      subscribe: (_root, _args, context) => followNotifications(context),
      resolve: (row) => row,
    }),
  );
};
