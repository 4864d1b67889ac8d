import { z } from 'zod';
import { fieldError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { Ports } from '../ports.js';
import { loadSink } from './load-sink.js';

const position = z.string().regex(/^\d{1,18}$/, 'write a position of the log');

const range = {
  fromPosition: position.nullable().default(null),
  fromTime: z.iso.datetime().nullable().default(null),
  toPosition: position.nullable().default(null),
};

const input = z.strictObject({
  id: z.uuid(),
  ...range,
  /** Name of the replay: receivers are told it beside the records, never in them. */
  label: z
    .string()
    .regex(/^[-\w. ]{1,60}$/, 'use letters, digits, spaces, dots, hyphens')
    .default('replay'),
});

interface Range {
  readonly fromPosition: string | null;
  readonly fromTime: string | null;
  readonly toPosition: string | null;
}

/** The positions that a range stands for: behind `after`, up to `until`. Throws `INVALID_INPUT` naming the field. */
export const replayRange = async (
  { sinks }: Ports,
  { fromPosition, fromTime, toPosition }: Range,
): Promise<{ readonly after: bigint; readonly until: bigint }> => {
  if ((fromPosition === null) === (fromTime === null))
    throw fieldError('INVALID_INPUT', 'fromPosition', 'Say where to begin: by position or by time.');
  const after =
    fromPosition === null
      ? await sinks.records.positionBefore(new Date(fromTime!))
      : BigInt(fromPosition) - 1n;
  const head = await sinks.records.head();
  const until = toPosition === null || BigInt(toPosition) > head ? head : BigInt(toPosition);
  if (until <= after) throw fieldError('INVALID_INPUT', 'toPosition', 'There is nothing between the two.');
  return { after: after < 0n ? 0n : after, until };
};

/**
 * Sends a part of the log once more, beside the live feed. Each record has the bytes it had the first time, erased fields
 * apart. Permission `replay_sink`. Appends `sink.replay.requested`. Throws `NOT_FOUND`, `INVALID_INPUT`.
 */
export const replaySinkCommand = defineCommand({
  name: 'replaySink',
  input,
  access: permission('replay_sink'),
  passesBlockade: true,
  run: async (unit, { id, label, ...given }) => {
    await loadSink(unit, id);
    const { after, until } = await replayRange(unit.ports, given);
    const requestId = unit.ports.ids.named('replay', `${unit.commandId}/${id}`);
    unit.append('sink', id, [
      {
        type: 'sink.replay.requested',
        data: { requestId, after: String(after), until: String(until), label },
      },
    ]);
    return { id, requestId };
  },
});
