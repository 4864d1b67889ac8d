import type { RevertPlan } from '../../../commands/history/plan-revert.js';
import { restoreObjectCommand } from '../../../commands/history/restore-object.js';
import { previewRevert, revertEventCommand } from '../../../commands/history/revert-event.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { commandContext } from '../../http/command-context.js';
import type { AuditTypes } from '../audit/entry.js';
import { changesWithLabels } from '../audit/labels.js';
import { knownId, shortList, type Builder } from '../builder.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';
import { untilHistory } from './point-in-time.js';

interface Payload {
  readonly type: string;
  readonly id: string;
  readonly kept: readonly string[];
  readonly position: string;
}

const requireKnown = (id: string): string => {
  const known = knownId(id);
  if (known === null) throw new DomainError('NOT_FOUND');
  return known;
};

/** `revertPreview`, `revertEvent`, `restoreEntity`. The commands behind a revert demand their own permissions. */
export const addRevert = (builder: Builder, audit: AuditTypes): void => {
  const way = builder.enumType('RevertWay', { values: ['change', 'delete', 'restore'] as const });
  const preview = builder.objectRef<RevertPlan>('RevertPreview').implement({
    fields: (t) => ({
      targetType: t.string({ resolve: (plan) => plan.target.category }),
      targetId: t.id({ resolve: (plan) => plan.target.id }),
      targetLabel: t.string({
        nullable: true,
        resolve: (plan, _args, context) => context.loaders.label.load(plan.target.id),
      }),
      way: t.field({ type: way, description: 'What a revert would do.', resolve: (plan) => plan.way }),
      changes: t.field({
        type: [audit.change],
        complexity: shortList,
        description: 'From what holds now to what would hold then.',
        resolve: (plan, _args, context) =>
          changesWithLabels(context, plan.changes, context.dependencies.ports.config.position),
      }),
      changedSince: t.stringList({
        description: 'Fields that were changed again since. A revert is refused while there are any.',
        resolve: (plan) => [...plan.changedSince],
      }),
      kept: t.stringList({
        description: 'Fields that a revert leaves alone: secrets are never restored.',
        resolve: (plan) => [...plan.kept],
      }),
    }),
  });
  const payload = builder.objectRef<Payload>('RevertPayload').implement({
    fields: (t) => ({
      targetType: t.exposeString('type'),
      targetId: t.exposeID('id'),
      kept: t.stringList({
        description: 'Fields that were left alone; secrets that are empty now.',
        resolve: (result) => [...result.kept],
      }),
      position: t.exposeString('position'),
    }),
  });
  builder.queryField('revertPreview', (t) =>
    t.field({
      type: preview,
      description: 'What taking an event back would do. Names what stands against it.',
      args: { id: t.arg.id({ required: true }) },
      complexity: 20,
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const { dependencies, request, identity } = context;
        await untilHistory(context);
        return previewRevert(
          dependencies.ports,
          requireKnown(args.id),
          commandContext(dependencies, request, identity, 'admin'),
        );
      },
    }),
  );
  builder.mutationField('revertEvent', (t) =>
    t.field({
      type: payload,
      description: 'Takes an event back. Refuses with CHANGED_SINCE, naming the fields.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string() },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        await untilHistory(context);
        const { output, position } = await runCommand(
          context,
          revertEventCommand,
          { eventId: requireKnown(args.id) },
          args.reason == null ? {} : { reason: args.reason },
        );
        return { type: output.target.category, id: output.target.id, kept: output.kept, position };
      },
    }),
  );
  builder.mutationField('restoreEntity', (t) =>
    t.field({
      type: payload,
      description: 'Brings a deleted object back, up to 30 days after its deletion.',
      args: { type: t.arg.string({ required: true }), id: t.arg.id({ required: true }) },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        await untilHistory(context);
        const { output, position } = await runCommand(context, restoreObjectCommand, {
          category: args.type,
          id: requireKnown(args.id),
        });
        return { type: output.category, id: output.id, kept: output.emptySecrets, position };
      },
    }),
  );
};
