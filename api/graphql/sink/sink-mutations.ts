import type { Command } from '../../../commands/command.js';
import { pauseSinkCommand } from '../../../commands/sink/pause-sink.js';
import { replaySinkCommand } from '../../../commands/sink/replay-sink.js';
import { resumeSinkCommand } from '../../../commands/sink/resume-sink.js';
import {
  retrySinkDeadLetterCommand,
  skipSinkDeadLetterCommand,
} from '../../../commands/sink/settle-dead-letter.js';
import { testSinkCommand } from '../../../commands/sink/test-sink.js';
import { permission } from '../../../domain/kernel/rights.js';
import { given, type Builder } from '../builder.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

const change = permission('change_sink');

/** Commands on sinks, as mutations of the same names. */
export const addSinkMutations = (builder: Builder): void => {
  const payload = builder.objectRef<{ id: string; position: string }>('SinkPayload').implement({
    fields: (t) => ({ id: t.exposeID('id'), position: t.exposeString('position') }),
  });
  const replay = builder
    .objectRef<{ id: string; requestId: string; position: string }>('ReplaySinkPayload')
    .implement({
      fields: (t) => ({
        id: t.exposeID('id'),
        requestId: t.exposeID('requestId'),
        position: t.exposeString('position'),
      }),
    });
  const tested = builder.objectRef<{ delivered: boolean; message: string }>('TestSinkPayload').implement({
    fields: (t) => ({ delivered: t.exposeBoolean('delivered'), message: t.exposeString('message') }),
  });
  const addPlain = (
    name: string,
    description: string,
    command: Command<{ readonly id: string }, { readonly id: string }>,
  ): void => {
    builder.mutationField(name, (t) =>
      t.field({
        type: payload,
        description,
        args: { id: t.arg.id({ required: true }) },
        ...demands(change),
        resolve: async (_root, args, context) => {
          const { output, position } = await runCommand(context, command, { id: args.id });
          return { id: output.id, position };
        },
      }),
    );
  };
  const addOnLetter = (
    name: string,
    description: string,
    command: typeof skipSinkDeadLetterCommand,
  ): void => {
    builder.mutationField(name, (t) =>
      t.field({
        type: payload,
        description,
        args: { id: t.arg.id({ required: true }), entryId: t.arg.id({ required: true }) },
        ...demands(change),
        resolve: async (_root, args, context) => {
          const { output, position } = await runCommand(context, command, {
            id: args.id,
            entryId: args.entryId,
          });
          return { id: output.id, position };
        },
      }),
    );
  };
  addPlain('pauseSink', 'Lets a sink rest. What happens meanwhile waits in the log.', pauseSinkCommand);
  addPlain('resumeSink', 'Lets a sink go on where it stopped.', resumeSinkCommand);
  addOnLetter(
    'retrySinkDeadLetter',
    'Sends an entry again that the receiver had refused for good.',
    retrySinkDeadLetterCommand,
  );
  addOnLetter(
    'skipSinkDeadLetter',
    'Leaves an entry that the receiver has refused for good undelivered.',
    skipSinkDeadLetterCommand,
  );
  builder.mutationField('replaySink', (t) =>
    t.field({
      type: replay,
      description: 'Sends a part of the log once more, with the same bytes, beside the live feed.',
      args: {
        id: t.arg.id({ required: true }),
        fromPosition: t.arg.string(),
        fromTime: t.arg({ type: 'DateTime' }),
        toPosition: t.arg.string(),
        label: t.arg.string(),
      },
      ...demands(permission('replay_sink')),
      resolve: async (_root, args, context) => {
        const { fromTime, ...rest } = given(args);
        const { output, position } = await runCommand(context, replaySinkCommand, {
          ...rest,
          ...(fromTime == null ? {} : { fromTime: new Date(fromTime as string).toISOString() }),
        });
        return { ...output, position };
      },
    }),
  );
  builder.mutationField('testSink', (t) =>
    t.field({
      type: tested,
      description: 'Sends a marked sample at once and tells what became of it.',
      args: { id: t.arg.id({ required: true }) },
      ...demands(permission('test_sink')),
      resolve: async (_root, args, context) =>
        (await runCommand(context, testSinkCommand, { id: args.id })).output,
    }),
  );
};
