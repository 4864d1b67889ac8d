import type { SinkValues } from '../../../commands/sink/load-sink.js';
import type { DeadLetter, SinkRun, SinkSample, SinkStatus } from '../../../commands/sink-ports.js';
import { auditEntryById } from '../../../projections/audit/query.js';
import { shortList, type Builder } from '../builder.js';
import type { AuditTypes } from '../audit/entry.js';

/** GraphQL types of what sinks have done. */
export interface SinkTypes {
  readonly status: ReturnType<typeof statusRef>;
  readonly letter: ReturnType<typeof letterRef>;
  readonly sample: ReturnType<typeof sampleRef>;
}

const statusRef = (builder: Builder) => builder.objectRef<SinkStatus>('SinkStatus');
const sampleRef = (builder: Builder) => builder.objectRef<SinkSample>('SinkSample');
const letterRef = (builder: Builder) => builder.objectRef<DeadLetter>('SinkDeadLetter');

export const createSinkTypes = (builder: Builder, audit: AuditTypes): SinkTypes => {
  const run = builder.objectRef<SinkRun>('SinkRun').implement({
    description: 'How far a sink has come: in its live feed, or in one replay.',
    fields: (t) => ({
      id: t.exposeString('run'),
      label: t.exposeString('label', { nullable: true, description: 'Name of the replay.' }),
      position: t.string({ resolve: (row) => String(row.position) }),
      until: t.string({ nullable: true, resolve: ({ until }) => (until === null ? null : String(until)) }),
      delivered: t.string({
        description: 'Records that were taken.',
        resolve: (row) => String(row.delivered),
      }),
      deliveredAt: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.deliveredAt }),
      attempts: t.exposeInt('attempts', { description: 'Failures since something was last taken.' }),
      failure: t.exposeString('failure', { nullable: true }),
      failingSince: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.failingSince }),
      dueAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it is tried again.',
        resolve: (row) => row.dueAt,
      }),
      progress: t.float({
        nullable: true,
        description: 'How much of a replay was looked at, from 0 to 1; null for the live feed.',
        resolve: ({ sinkId, run: id, position, until }, _args, context) => {
          const { requests } = (context.dependencies.ports.config.byId(sinkId)?.values ?? {}) as {
            requests?: SinkValues['requests'];
          };
          const after = requests?.find((one) => one.id === id)?.after;
          if (after === undefined || until === null) return null;
          return Number(position - BigInt(after)) / Math.max(1, Number(until - BigInt(after)));
        },
      }),
      finishedAt: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.finishedAt }),
    }),
  });
  const status = statusRef(builder);
  status.implement({
    fields: (t) => ({
      sinkId: t.exposeID('sinkId'),
      live: t.field({
        type: run,
        nullable: true,
        resolve: ({ runs }) => runs.find((one) => one.run === 'live') ?? null,
      }),
      replays: t.field({
        type: [run],
        complexity: shortList,
        resolve: ({ runs }) => runs.filter((one) => one.run !== 'live').slice(0, 50),
      }),
      lagEntries: t.exposeInt('lagEntries', {
        description: 'Entries that the live feed has yet to look at; counted up to 100,000.',
      }),
      lagSeconds: t.exposeFloat('lagSeconds', { description: 'Age of the first of them.' }),
      deadLetters: t.exposeInt('deadLetters', { description: 'Entries that were refused for good.' }),
    }),
  });
  const letter = letterRef(builder);
  const state = builder.enumType('SinkDeadLetterState', {
    values: ['open', 'delivered', 'skipped'] as const,
  });
  letter.implement({
    fields: (t) => ({
      entryId: t.exposeID('entryId'),
      position: t.string({ resolve: (row) => String(row.position) }),
      state: t.field({ type: state, resolve: (row) => row.state }),
      attempts: t.exposeInt('attempts'),
      status: t.exposeInt('status', { nullable: true, description: 'What the receiver answered.' }),
      failure: t.exposeString('failure'),
      answer: t.string({
        nullable: true,
        description: 'The beginning of the answer, in the words of the receiver.',
        resolve: ({ sinkId, entryId, body }, _args, context) =>
          body === null
            ? null
            : String(context.dependencies.ports.sealer.openState(`${sinkId}/${entryId}`, body)),
      }),
      createdAt: t.field({ type: 'DateTime', resolve: (row) => row.createdAt }),
      entry: t.field({
        type: audit.entry,
        nullable: true,
        resolve: (row, _args, context) => auditEntryById(context.dependencies.db, row.entryId),
      }),
    }),
  });
  const sample = sampleRef(builder);
  sample.implement({
    description: 'How a sink stood at a moment.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', resolve: (row) => row.at }),
      delivered: t.string({
        description: 'Records taken by the live feed, ever.',
        resolve: (row) => String(row.delivered),
      }),
      lagEntries: t.exposeInt('lagEntries'),
      lagSeconds: t.exposeFloat('lagSeconds'),
    }),
  });
  return { status, letter, sample };
};
