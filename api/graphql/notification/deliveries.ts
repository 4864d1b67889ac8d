import { recordDeliveriesCommand } from '../../../commands/notification/record-deliveries.js';
import { permission } from '../../../domain/kernel/rights.js';
import { notificationRule } from '../../../domain/notification/rule/model.js';
import { notificationTransport } from '../../../domain/notification/transport/model.js';
import {
  attemptsOf,
  countDeliveries,
  listDeliveries,
  type AttemptRow,
  type DeliveryFilter,
  type DeliveryRow,
} from '../../../projections/notification/query.js';
import { countedElsewhere, knownId, shortList, type Builder } from '../builder.js';
import { countCap, decodeCursor, encodeCursor, pageSize } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

type Delivery = DeliveryRow & { readonly made: readonly AttemptRow[] };

interface DeliveryPage {
  readonly nodes: readonly Delivery[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly count: () => Promise<number>;
}

interface ListArgs {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly transportId?: string | null | undefined;
  readonly ruleId?: string | null | undefined;
  readonly status?: DeliveryFilter['status'] | undefined;
}

const listPage = async (context: GraphqlContext, args: ListArgs): Promise<DeliveryPage> => {
  const { db } = context.dependencies;
  const first = pageSize(args.first);
  const filter: DeliveryFilter = {
    transportId: args.transportId ?? null,
    ruleId: args.ruleId ?? null,
    status: args.status ?? null,
  };
  const after =
    args.after == null ? null : BigInt(String(decodeCursor(context, 'deliveries', args.after)[0]));
  const rows = await listDeliveries(db, filter, { after, limit: first + 1 });
  const shown = rows.slice(0, first);
  const attempts = await attemptsOf(
    db,
    shown.map(({ id }) => id),
  );
  const last = shown.at(-1);
  return {
    nodes: shown.map((row) => ({ ...row, made: attempts.filter((one) => one.delivery_id === row.id) })),
    endCursor: last ? encodeCursor(context, 'deliveries', [String(last.number)]) : null,
    hasNextPage: rows.length > first,
    count: () => countDeliveries(db, filter, countCap),
  };
};

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const createTypes = (builder: Builder) => {
  const status = builder.enumType('DeliveryStatus', {
    values: ['pending', 'delivered', 'dropped', 'parked'] as const,
  });
  const attempt = builder.objectRef<AttemptRow>('DeliveryAttempt').implement({
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: (row) => row.at }),
      delivered: t.boolean({ resolve: (row) => row.outcome === 'delivered' }),
      status: t.exposeInt('status', {
        nullable: true,
        description: 'What the receiver answered, where it answered.',
      }),
      latencyMs: t.exposeInt('latency_ms'),
      failure: t.exposeString('failure', { nullable: true }),
    }),
  });
  const delivery = builder.objectRef<Delivery>('NotificationDelivery').implement({
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The receiver knows the message by it.' }),
      status: t.field({ type: status, resolve: (row) => row.status }),
      kind: t.string({ resolve: (row) => text(row.reference['kind']) ?? 'entry' }),
      transportId: t.id({ resolve: (row) => row.lane }),
      transportName: t.string({
        nullable: true,
        resolve: (row, _args, { dependencies }) =>
          dependencies.ports.config.get(notificationTransport, row.lane)?.values.name ?? null,
      }),
      ruleId: t.id({ resolve: (row) => text(row.reference['ruleId']) ?? '' }),
      ruleName: t.string({
        nullable: true,
        resolve: (row, _args, { dependencies }) =>
          dependencies.ports.config.get(notificationRule, text(row.reference['ruleId']) ?? '')?.values.name ??
          null,
      }),
      recipientId: t.id({ nullable: true, resolve: (row) => text(row.reference['recipientId']) }),
      recipientName: t.string({
        nullable: true,
        resolve: async (row, _args, { loaders }) => {
          const id = text(row.reference['recipientId']);
          return id === null ? null : ((await loaders.label.load(id)) ?? null);
        },
      }),
      auditEntryId: t.id({ nullable: true, resolve: (row) => text(row.reference['entryId']) }),
      createdAt: t.field({ type: 'DateTime', resolve: (row) => row.created_at }),
      dueAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the next attempt is made.',
        resolve: (row) => (row.status === 'pending' ? row.due_at : null),
      }),
      finishedAt: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.finished_at }),
      failure: t.exposeString('failure', { nullable: true }),
      attempts: t.field({ type: [attempt], complexity: shortList, resolve: (row) => [...row.made] }),
    }),
  });
  const connection = builder.objectRef<DeliveryPage>('NotificationDeliveryConnection').implement({
    fields: (t) => ({
      nodes: t.field({
        complexity: countedElsewhere,
        type: [delivery],
        resolve: (page) => [...page.nodes],
      }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      totalCount: t.int({ complexity: 20, resolve: (page) => page.count() }),
    }),
  });
  return { status, connection };
};

/** `notificationDeliveries`, `resendNotificationDeliveries` and `skipNotificationDeliveries`. */
export const addDeliveries = (builder: Builder): void => {
  const { status, connection } = createTypes(builder);
  builder.queryField('notificationDeliveries', (t) =>
    t.field({
      type: connection,
      description: 'Messages that wait, that arrived, and that did not.',
      args: {
        first: t.arg.int({ defaultValue: 20, required: true }),
        after: t.arg.string(),
        transportId: t.arg.id(),
        ruleId: t.arg.id(),
        status: t.arg({ type: status }),
      },
      complexity: (args) => ({ field: 1, multiplier: Math.max(1, args.first / 10) }),
      ...demands(permission('view_notification_transport')),
      resolve: (_root, args, context) => listPage(context, args),
    }),
  );
  const handled = builder
    .objectRef<{ count: number; position: string }>('NotificationDeliveriesPayload')
    .implement({
      fields: (t) => ({ count: t.exposeInt('count'), position: t.exposeString('position') }),
    });
  for (const what of ['resend', 'skip'] as const)
    builder.mutationField(`${what}NotificationDeliveries`, (t) =>
      t.field({
        type: handled,
        description:
          what === 'resend'
            ? 'Lets deliveries that are over leave again, under their ids.'
            : 'Drops deliveries that wait or were given up.',
        args: { ids: t.arg.idList({ required: true }) },
        ...demands(permission('change_notification_transport')),
        resolve: async (_root, args, context) => {
          const ids = args.ids.flatMap((id) => knownId(id) ?? []);
          const { position } = await runCommand(context, recordDeliveriesCommand, { what, ids });
          return { position, count: await context.dependencies.ports.deliveries[what](ids) };
        },
      }),
    );
};
