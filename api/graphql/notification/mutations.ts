import { markNotificationsSeenCommand } from '../../../commands/notification/mark-notifications-seen.js';
import { markNotificationsUnseenCommand } from '../../../commands/notification/mark-notifications-unseen.js';
import { testNotificationTransportCommand } from '../../../commands/notification/test-notification-transport.js';
import { authenticated, permission } from '../../../domain/kernel/rights.js';
import type { Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

const inboxMs = 1000;

/** A person who has marked his notifications sees fewer of them at once. */
const untilShown = async (context: GraphqlContext, position: string): Promise<void> => {
  const at = BigInt(position.slice(position.indexOf('.') + 1));
  await context.dependencies.ports.readModels.waitFor(at, inboxMs, ['inbox']).catch((error: unknown) => {
    context.request.log.warn({ err: error }, 'notifications were marked before the read model showed it');
  });
};

/** `markNotificationsSeen`, `markNotificationsUnseen` and `testNotificationTransport`. */
export const addNotificationMutations = (builder: Builder): void => {
  const seen = builder
    .objectRef<{ position: string; count: number; ids: readonly string[] }>('MarkNotificationsSeenPayload')
    .implement({
      fields: (t) => ({
        position: t.exposeString('position'),
        count: t.exposeInt('count'),
        ids: t.idList({
          description: 'Which were marked, so that it can be taken back.',
          resolve: (row) => [...row.ids],
        }),
      }),
    });
  const unseen = builder
    .objectRef<{ position: string; count: number }>('MarkNotificationsUnseenPayload')
    .implement({
      fields: (t) => ({ position: t.exposeString('position'), count: t.exposeInt('count') }),
    });
  const tested = builder
    .objectRef<{ delivered: boolean; messages: readonly string[] }>('TestNotificationTransportPayload')
    .implement({
      fields: (t) => ({
        delivered: t.exposeBoolean('delivered'),
        messages: t.stringList({ resolve: (row) => [...row.messages] }),
      }),
    });
  builder.mutationField('markNotificationsSeen', (t) =>
    t.field({
      type: seen,
      description: 'Marks own notifications as seen: the named ones, or all.',
      args: { ids: t.arg.idList() },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, markNotificationsSeenCommand, {
          ids: args.ids ?? null,
        });
        await untilShown(context, position);
        return { position, ...output };
      },
    }),
  );
  builder.mutationField('markNotificationsUnseen', (t) =>
    t.field({
      type: unseen,
      description: 'Takes back that own notifications were seen.',
      args: { ids: t.arg.idList({ required: true }) },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, markNotificationsUnseenCommand, {
          ids: args.ids,
        });
        await untilShown(context, position);
        return { position, count: output.count };
      },
    }),
  );
  builder.mutationField('testNotificationTransport', (t) =>
    t.field({
      type: tested,
      description: 'Sends a sample by a transport at once and tells what became of it.',
      args: { id: t.arg.id({ required: true }) },
      ...demands(permission('test_notification_transport')),
      resolve: async (_root, args, context) => {
        const { output } = await runCommand(context, testNotificationTransportCommand, { id: args.id });
        return output;
      },
    }),
  );
};
