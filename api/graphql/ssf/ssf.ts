import { resendSsfEventsCommand } from '../../../commands/ssf/refused-signals.js';
import { verifySsfStreamCommand } from '../../../commands/ssf/request-verification.js';
import { setSsfStreamStatusCommand } from '../../../commands/ssf/set-stream-status.js';
import type { RefusedDelivery, StreamBacklog, StreamLag } from '../../../commands/ssf-ports.js';
import { permission } from '../../../domain/kernel/rights.js';
import { ssfStream } from '../../../domain/ssf/model.js';
import { given, knownId, shortList, type Builder } from '../builder.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

const refusedShown = 50;

interface Delivery extends StreamBacklog {
  readonly streamId: string;
}

/** `ssfStreamDelivery`: how the deliveries of a stream stand. */
const addDelivery = (builder: Builder): void => {
  const refused = builder.objectRef<RefusedDelivery>('SsfRefusedDelivery').implement({
    description: 'An event that the receiver refused, or that was given up.',
    fields: (t) => ({
      id: t.exposeID('id'),
      type: t.exposeString('type'),
      failure: t.exposeString('failure', { nullable: true }),
      attempts: t.exposeInt('attempts'),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime' }),
    }),
  });
  const delivery = builder.objectRef<Delivery>('SsfStreamDelivery').implement({
    description: 'How the deliveries of a stream stand. Delivered events are counted for seven days.',
    fields: (t) => ({
      waiting: t.exposeInt('waiting'),
      oldestAt: t.expose('oldestAt', { type: 'DateTime', nullable: true }),
      delivered: t.exposeInt('delivered'),
      refused: t.exposeInt('refused'),
      lastDeliveredAt: t.expose('lastDeliveredAt', { type: 'DateTime', nullable: true }),
      failure: t.exposeString('failure', {
        nullable: true,
        description: 'Why the oldest that waits could not be delivered so far.',
      }),
      seenAt: t.expose('seenAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the receiver last polled or used the API of its streams.',
      }),
      refusedDeliveries: t.field({
        type: [refused],
        complexity: shortList,
        resolve: async ({ streamId }, _args, { dependencies }) => [
          ...(await dependencies.ports.signals.refused(streamId, refusedShown)),
        ],
      }),
    }),
  });
  builder.queryField('ssfStreamDelivery', (t) =>
    t.field({
      type: delivery,
      nullable: true,
      description: 'How the deliveries of a stream of shared signals stand.',
      args: { id: t.arg.id({ required: true }) },
      ...demands(permission('view_ssf_stream')),
      resolve: async (_root, args, { dependencies: { ports } }) => {
        const streamId = knownId(args.id);
        return streamId !== null && ports.config.get(ssfStream, streamId)
          ? { ...(await ports.signals.backlog(streamId)), streamId }
          : null;
      },
    }),
  );
};

/** `ssfStreamLags`: what waits in every stream. */
const addLags = (builder: Builder): void => {
  const lag = builder.objectRef<StreamLag>('SsfStreamLag').implement({
    description: 'What waits in a stream.',
    fields: (t) => ({
      streamId: t.exposeID('streamId'),
      waiting: t.exposeInt('waiting'),
      oldestAt: t.expose('oldestAt', { type: 'DateTime' }),
    }),
  });
  builder.queryField('ssfStreamLags', (t) =>
    t.field({
      type: [lag],
      complexity: shortList,
      description: 'What waits, in every stream of shared signals in which something does.',
      ...demands(permission('view_ssf_stream')),
      resolve: async (_root, _args, { dependencies: { ports } }) => [...(await ports.signals.lags())],
    }),
  );
};

/** `setSsfStreamStatus`, `verifySsfStream` and `resendSsfEvents`. */
const addMutations = (builder: Builder): void => {
  const status = builder.enumType('SsfStreamStatusInput', {
    values: ['enabled', 'paused', 'disabled'] as const,
  });
  const changed = builder.objectRef<{ position: string }>('SsfStreamChangedPayload').implement({
    fields: (t) => ({ position: t.exposeString('position') }),
  });
  const resent = builder.objectRef<{ position: string; count: number }>('ResendSsfEventsPayload').implement({
    fields: (t) => ({ position: t.exposeString('position'), count: t.exposeInt('count') }),
  });
  builder.mutationField('setSsfStreamStatus', (t) =>
    t.field({
      type: changed,
      description:
        'Pauses a stream of shared signals, disables it or enables it again, and tells its receiver.',
      args: {
        id: t.arg.id({ required: true }),
        status: t.arg({ type: status, required: true }),
        reason: t.arg.string({ description: 'Told to the receiver.' }),
      },
      ...demands(permission('change_ssf_stream')),
      resolve: (_root, args, context) => runCommand(context, setSsfStreamStatusCommand, given(args)),
    }),
  );
  builder.mutationField('verifySsfStream', (t) =>
    t.field({
      type: changed,
      description: 'Sends a verification event to the receiver of a stream.',
      args: { id: t.arg.id({ required: true }) },
      ...demands(permission('verify_ssf_stream')),
      resolve: (_root, args, context) => runCommand(context, verifySsfStreamCommand, { id: args.id }),
    }),
  );
  builder.mutationField('resendSsfEvents', (t) =>
    t.field({
      type: resent,
      description: 'Lets refused events wait for their receiver again: the named ones, or all.',
      args: { id: t.arg.id({ required: true }), deliveries: t.arg.idList() },
      ...demands(permission('change_ssf_stream')),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, resendSsfEventsCommand, given(args));
        return { position, count: output.count };
      },
    }),
  );
};

/** What streams of shared signals need beside what their declaration gives. */
export const addSsf = (builder: Builder): void => {
  addDelivery(builder);
  addLags(builder);
  addMutations(builder);
};
