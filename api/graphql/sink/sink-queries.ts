import { replayRange } from '../../../commands/sink/replay-sink.js';
import { DomainError, fieldError } from '../../../domain/kernel/errors.js';
import { permission } from '../../../domain/kernel/rights.js';
import { sink } from '../../../domain/sink/family.js';
import { countedElsewhere, shortList, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import type { SinkTypes } from './sink-types.js';

const view = permission('view_sink');
const maxLetters = 200;
const hourMs = 3_600_000;
const maxHours = 24;

/** Throws `NOT_FOUND` for an id that is no sink's. */
const requireSink = (context: GraphqlContext, id: string): void => {
  const object = context.dependencies.ports.config.byId(id);
  if (object?.model.family?.name !== sink.family.name) throw new DomainError('NOT_FOUND');
};

/** `sinkStatuses`, `sinkDeadLetters`, `sinkSamples`, `sinkReplayPreview`. */
export const addSinkQueries = (builder: Builder, types: SinkTypes): void => {
  builder.queryField('sinkStatuses', (t) =>
    t.field({
      type: [types.status],
      description: 'How far sinks have come: the one named, or all.',
      args: { id: t.arg.id() },
      complexity: shortList,
      ...demands(view),
      resolve: async (_root, args, context) => {
        const { config, sinks } = context.dependencies.ports;
        if (args.id != null) requireSink(context, args.id);
        const ids = args.id == null ? config.family(sink.family).map(({ id }) => id) : [args.id];
        return [...(await sinks.records.status(ids))];
      },
    }),
  );
  builder.queryField('sinkDeadLetters', (t) =>
    t.field({
      type: [types.letter],
      description: 'Entries that a receiver has refused for good, open ones first.',
      args: { id: t.arg.id({ required: true }), first: t.arg.int({ defaultValue: 50, required: true }) },
      complexity: shortList,
      ...demands(view),
      resolve: async (_root, { id, first }, context) => {
        requireSink(context, id);
        const limit = Math.max(1, Math.min(first, maxLetters));
        return [...(await context.dependencies.ports.sinks.records.deadLetters(id, limit))];
      },
    }),
  );
  builder.queryField('sinkSamples', (t) =>
    t.field({
      type: [types.sample],
      description: 'How a sink stood, minute by minute, over the last hours; a day is kept.',
      args: { id: t.arg.id({ required: true }), hours: t.arg.int({ defaultValue: 6, required: true }) },
      complexity: countedElsewhere,
      ...demands(view),
      resolve: async (_root, { id, hours }, context) => {
        requireSink(context, id);
        if (hours < 1 || hours > maxHours)
          throw fieldError('INVALID_INPUT', 'hours', 'Ask for 1 to 24 hours.');
        const { clock, sinks } = context.dependencies.ports;
        const since = new Date(clock.now().getTime() - hours * hourMs);
        return [...(await sinks.records.samples(id, since))];
      },
    }),
  );
  const preview = builder
    .objectRef<{ after: bigint; until: bigint; entries: number }>('SinkReplayPreview')
    .implement({
      fields: (t) => ({
        after: t.string({ resolve: (row) => String(row.after) }),
        until: t.string({ resolve: (row) => String(row.until) }),
        entries: t.exposeInt('entries', {
          description: 'Entries in the range, before the filter; counted up to 100,000.',
        }),
      }),
    });
  builder.queryField('sinkReplayPreview', (t) =>
    t.field({
      type: preview,
      description: 'What a replay would look at.',
      args: {
        id: t.arg.id({ required: true }),
        fromPosition: t.arg.string(),
        fromTime: t.arg({ type: 'DateTime' }),
        toPosition: t.arg.string(),
      },
      complexity: 20,
      ...demands(view),
      resolve: async (_root, args, context) => {
        requireSink(context, args.id);
        const { ports } = context.dependencies;
        const { after, until } = await replayRange(ports, {
          fromPosition: args.fromPosition ?? null,
          fromTime: args.fromTime == null ? null : new Date(args.fromTime).toISOString(),
          toPosition: args.toPosition ?? null,
        });
        return { after, until, entries: await ports.sinks.records.count(after, until) };
      },
    }),
  );
};
