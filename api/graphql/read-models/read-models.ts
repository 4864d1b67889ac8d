import { skipEventCommand } from '../../../commands/projection/skip-event.js';
import type { GroupStatus } from '../../../commands/ports.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import { permission } from '../../../domain/kernel/rights.js';
import { shortList, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

const view = permission('view_read_model');
const rebuild = permission('rebuild_read_model');

/** The tables of a group that are read, and those that are being made anew, if any. */
interface ReadModel {
  readonly live: GroupStatus;
  readonly next: GroupStatus | null;
}

const readModelsOf = async ({ dependencies }: GraphqlContext): Promise<ReadModel[]> => {
  const sets = await dependencies.ports.readModels.status();
  return sets
    .filter(({ state }) => state === 'live')
    .map((live) => ({
      live,
      next: sets.find(({ name, state }) => name === live.name && state === 'building') ?? null,
    }));
};

const readModelOf = async (context: GraphqlContext, group: string): Promise<ReadModel> => {
  const found = (await readModelsOf(context)).find(({ live }) => live.name === group);
  if (!found) throw new DomainError('NOT_FOUND');
  return found;
};

/** How the read models stand, and what mends them. */
export const addReadModels = (builder: Builder): void => {
  const halt = builder.objectRef<NonNullable<GroupStatus['halt']>>('ReadModelHalt').implement({
    description: 'The event at which read models have halted. They are tried again with growing pauses.',
    fields: (t) => ({
      position: t.string({ resolve: ({ position }) => String(position) }),
      failure: t.exposeString('failure'),
      since: t.field({ type: 'DateTime', resolve: ({ since }) => since }),
    }),
  });
  const building = builder.objectRef<GroupStatus>('ReadModelBuild').implement({
    description: 'Tables that are made anew beside those that are read.',
    fields: (t) => ({
      position: t.string({ resolve: ({ position }) => String(position) }),
      eventsLeft: t.exposeInt('lagEvents'),
      startedAt: t.field({ type: 'DateTime', resolve: ({ startedAt }) => startedAt }),
      halt: t.field({ type: halt, nullable: true, resolve: (set) => set.halt }),
    }),
  });
  const readModel = builder.objectRef<ReadModel>('ReadModel').implement({
    fields: (t) => ({
      group: t.string({ resolve: ({ live }) => live.name }),
      version: t.int({ resolve: ({ live }) => live.version }),
      position: t.string({ resolve: ({ live }) => String(live.position) }),
      lagEvents: t.int({ resolve: ({ live }) => live.lagEvents }),
      lagSeconds: t.float({ resolve: ({ live }) => live.lagSeconds }),
      madeAt: t.field({
        type: 'DateTime',
        description: 'When the tables that are read were begun; a rebuild makes new ones.',
        resolve: ({ live }) => live.startedAt,
      }),
      halt: t.field({ type: halt, nullable: true, resolve: ({ live }) => live.halt }),
      building: t.field({ type: building, nullable: true, resolve: ({ next }) => next }),
    }),
  });
  builder.queryField('readModels', (t) =>
    t.field({
      type: [readModel],
      complexity: shortList,
      ...demands(view),
      resolve: (_root, _args, context) => readModelsOf(context),
    }),
  );
  builder.mutationField('retryReadModel', (t) =>
    t.field({
      type: readModel,
      description: 'Lets read models that have halted try again at once.',
      args: { group: t.arg.string({ required: true }) },
      ...demands(rebuild),
      resolve: async (_root, { group }, context) => {
        await readModelOf(context, group);
        await context.dependencies.ports.readModels.retry(group);
        return readModelOf(context, group);
      },
    }),
  );
  builder.mutationField('rebuildReadModel', (t) =>
    t.field({
      type: readModel,
      description:
        'Starts to make the tables of a group anew, in a process of its own. `building` tells how far it is.',
      args: { group: t.arg.string({ required: true }) },
      ...demands(rebuild),
      resolve: async (_root, { group }, context) => {
        await readModelOf(context, group);
        await context.dependencies.ports.readModels.rebuild(group);
        return readModelOf(context, group);
      },
    }),
  );
  const payload = builder
    .objectRef<{ group: string; position: string }>('SkipReadModelEventPayload')
    .implement({
      fields: (t) => ({ group: t.exposeString('group'), position: t.exposeString('position') }),
    });
  builder.mutationField('skipReadModelEvent', (t) =>
    t.field({
      type: payload,
      description: 'Leaves the event at which a group has halted out of it, now and in all its rebuilds.',
      args: {
        group: t.arg.string({ required: true }),
        position: t.arg.string({ required: true, description: 'Position of that event, typed in.' }),
        reason: t.arg.string({ required: true, description: 'Why. It is on record.' }),
      },
      ...demands(permission('skip_read_model_event')),
      resolve: async (_root, { reason, ...input }, context) => {
        const { output, position } = await runCommand(context, skipEventCommand, input, { reason });
        return { group: output.group, position };
      },
    }),
  );
};
