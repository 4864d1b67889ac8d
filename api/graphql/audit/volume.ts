import { fieldError } from '../../../domain/kernel/errors.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import type { AuditAction } from '../../../domain/audit/fact.js';
import { auditPlaces, type PlaceRow } from '../../../projections/audit/places.js';
import { auditVolume, bucketsOf, type Buckets } from '../../../projections/audit/volume.js';
import type { Condition } from '../../../domain/kernel/condition/condition.js';
import { shortList, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import type { AuditTypes } from './entry.js';
import { conditionOf, type FilterInput } from './filter.js';
import { visibleTo } from './list.js';
import type { AuditFilterType } from './queries.js';

const mostBuckets = 500;

interface ActionCounts {
  readonly action: AuditAction;
  readonly counts: readonly number[];
}

interface Volume extends Buckets {
  readonly actions: readonly ActionCounts[];
}

interface Asked {
  readonly filter?: FilterInput | null | undefined;
  readonly from: string;
  readonly to: string;
}

const conditionFor = (context: GraphqlContext, filter: Asked['filter']): Condition => ({
  all: [conditionOf(filter, context.dependencies.ports.clock.now()), visibleTo(context)],
});

const countVolume = async (context: GraphqlContext, asked: Asked, wanted: number): Promise<Volume> => {
  const [from, to] = [new Date(asked.from), new Date(asked.to)];
  if (from >= to) throw fieldError('INVALID_INPUT', 'to', 'The end lies before the beginning.');
  if (wanted < 1 || wanted > mostBuckets)
    throw fieldError('INVALID_INPUT', 'buckets', `Ask for 1 to ${String(mostBuckets)} parts.`);
  const buckets = bucketsOf(from, to, wanted);
  const rows = await auditVolume(context.dependencies.db, conditionFor(context, asked.filter), buckets);
  const counts = new Map<AuditAction, number[]>();
  for (const { action, bucket, count } of rows) {
    const known = counts.get(action) ?? Array.from({ length: buckets.count }, () => 0);
    known[bucket] = count;
    counts.set(action, known);
  }
  return { ...buckets, actions: [...counts].sort().map(([action, values]) => ({ action, counts: values })) };
};

/** `auditVolume`, `auditActionsTop` and `auditPlaces`: how many entries there are, when, of what, and from where. */
export const addAuditVolume = (builder: Builder, { action }: AuditTypes, filter: AuditFilterType): void => {
  const counted = builder.objectRef<ActionCounts>('AuditActionVolume').implement({
    fields: (t) => ({
      action: t.field({ type: action, resolve: (row) => row.action }),
      counts: t.intList({
        description: 'One number for each part of the range.',
        resolve: (row) => [...row.counts],
      }),
    }),
  });
  const volume = builder.objectRef<Volume>('AuditVolume').implement({
    fields: (t) => ({
      from: t.field({
        type: 'DateTime',
        description: 'Begin of the first part. Parts of an hour and more begin with full hours.',
        resolve: ({ fromMs }) => new Date(fromMs),
      }),
      bucketMs: t.float({ description: 'How long each part lasts.', resolve: ({ widthMs }) => widthMs }),
      buckets: t.exposeInt('count'),
      actions: t.field({ type: [counted], complexity: shortList, resolve: (row) => [...row.actions] }),
    }),
  });
  const top = builder
    .objectRef<{ readonly action: AuditAction; readonly count: number }>('AuditActionCount')
    .implement({
      fields: (t) => ({
        action: t.field({ type: action, resolve: (row) => row.action }),
        count: t.exposeInt('count'),
      }),
    });
  const place = builder.objectRef<PlaceRow>('AuditPlace').implement({
    fields: (t) => ({
      continent: t.exposeString('continent', { nullable: true }),
      country: t.exposeString('country', { nullable: true }),
      city: t.exposeString('city', { nullable: true }),
      lat: t.exposeFloat('lat', { nullable: true }),
      lon: t.exposeFloat('lon', { nullable: true }),
      count: t.exposeInt('count'),
      newestIds: t.idList({ resolve: (row) => [...row.newest_ids] }),
    }),
  });
  builder.queryField('auditVolume', (t) =>
    t.field({
      type: volume,
      complexity: 20,
      args: {
        filter: t.arg({ type: filter }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
        buckets: t.arg.int({ defaultValue: 90, required: true }),
      },
      ...demands(authenticated),
      resolve: (_root, args, context) => countVolume(context, args, args.buckets),
    }),
  );
  builder.queryField('auditActionsTop', (t) =>
    t.field({
      type: [top],
      complexity: 20,
      args: {
        filter: t.arg({ type: filter }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
        first: t.arg.int({ defaultValue: 15, required: true }),
      },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const { actions } = await countVolume(context, args, 1);
        return actions
          .map(({ action: name, counts }) => ({ action: name, count: counts.reduce((sum, n) => sum + n, 0) }))
          .sort((a, b) => b.count - a.count)
          .slice(0, Math.max(0, args.first));
      },
    }),
  );
  builder.queryField('auditPlaces', (t) =>
    t.field({
      type: [place],
      complexity: 20,
      args: {
        filter: t.arg({ type: filter }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
      },
      ...demands(authenticated),
      resolve: async (_root, { filter: wanted, from, to }, context) => [
        ...(await auditPlaces(context.dependencies.db, conditionFor(context, wanted), from, to)),
      ],
    }),
  );
};
