import { restoreWindowMs } from '../../../domain/history/restore-window.js';
import type { Model } from '../../../domain/kernel/model.js';
import { isOpenTo } from '../../../domain/kernel/personal.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { deletedSince } from '../../../projections/history/query.js';
import type { VersionRow } from '../../../projections/history/table.js';
import { countedElsewhere, type Builder } from '../builder.js';
import { decodeCursor, encodeCursor, pageSize, type Page } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import { demands, maySee, maySeeModel } from '../guard.js';
import { untilHistory } from './point-in-time.js';

type DeletedPage = Pick<Page<VersionRow>, 'nodes' | 'endCursor' | 'hasNextPage'>;

const list = 'deleted';

const page = async (
  context: GraphqlContext,
  models: readonly Model[],
  args: { readonly first: number; readonly after?: string | null | undefined },
): Promise<DeletedPage> => {
  const first = pageSize(args.first);
  await untilHistory(context);
  const { db, ports } = context.dependencies;
  const visible = models.filter((model) => maySeeModel(context, model)).map(({ name }) => name);
  const rows = await deletedSince(db, {
    since: new Date(ports.clock.now().getTime() - restoreWindowMs).toISOString(),
    models: maySee(context, 'user') ? [...visible, 'user'] : visible,
    before: args.after == null ? null : BigInt(String(decodeCursor(context, list, args.after)[0])),
    limit: first + 1,
  });
  const read = rows.slice(0, first);
  const last = read.at(-1);
  const { userId } = context.identity.rights;
  const ofModel = new Map(models.map((model) => [model.name, model]));
  return {
    nodes: read.filter((row) => {
      const model = ofModel.get(row.model);
      return model === undefined || isOpenTo(model, row.data, userId);
    }),
    endCursor: last ? encodeCursor(context, list, [String(last.to_pos)]) : null,
    hasNextPage: rows.length > first,
  };
};

/** `deletedEntities`: what can be restored still. */
export const addDeletedObjects = (builder: Builder, models: readonly Model[]): void => {
  const deleted = builder.objectRef<VersionRow>('DeletedEntity').implement({
    fields: (t) => ({
      type: t.exposeString('category', { description: 'As `restoreEntity` and `entityHistory` take it.' }),
      id: t.exposeID('id'),
      model: t.exposeString('model'),
      label: t.string({
        resolve: async (row, _args, context) =>
          row.label || ((await context.loaders.label.load(row.id)) ?? row.id),
      }),
      deletedAt: t.field({ type: 'DateTime', resolve: (row) => row.to_at! }),
      restorableUntil: t.field({
        type: 'DateTime',
        resolve: (row) => new Date(new Date(row.to_at!).getTime() + restoreWindowMs),
      }),
      deletion: t.id({
        description: 'Id of the event that `revertPreview` takes.',
        resolve: (row) => row.to_event!,
      }),
    }),
  });
  const connection = builder.objectRef<DeletedPage>('DeletedEntityConnection').implement({
    fields: (t) => ({
      nodes: t.field({ type: [deleted], complexity: countedElsewhere, resolve: ({ nodes }) => [...nodes] }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
    }),
  });
  builder.queryField('deletedEntities', (t) =>
    t.field({
      type: connection,
      description:
        'What was deleted and can be restored still, newest first, as far as the caller may see such objects.',
      args: { first: t.arg.int({ defaultValue: 20, required: true }), after: t.arg.string() },
      complexity: (args) => ({ field: 1, multiplier: Math.max(1, args.first / 10) }),
      ...demands(authenticated),
      resolve: (_root, args, context) => page(context, models, args),
    }),
  );
};
