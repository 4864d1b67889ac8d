import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { loadSink } from './load-sink.js';

const events = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('sink.failing'),
    data: z.strictObject({ since: z.iso.datetime(), failure: z.string() }),
  }),
  z.strictObject({ type: z.literal('sink.recovered'), data: z.strictObject({}) }),
  z.strictObject({
    type: z.literal('sink.disabled'),
    data: z.strictObject({ failure: z.string() }),
  }),
]);

const from: Readonly<Record<string, readonly string[]>> = {
  'sink.failing': ['active'],
  'sink.recovered': ['failing'],
  'sink.disabled': ['active', 'failing'],
};

/**
 * Puts on record what the product has seen of a receiver: `sink.failing`, `sink.recovered`, `sink.disabled`. Appends
 * nothing when the sink stands otherwise by now. Throws `NOT_FOUND`.
 */
export const recordSinkStateCommand = defineCommand({
  name: 'recordSinkState',
  input: z.strictObject({ id: z.uuid(), event: events }),
  access: permission('administer'),
  run: async (unit, { id, event }) => {
    const { values } = await loadSink(unit, id);
    if (from[event.type]?.includes(values.state)) unit.append('sink', id, [event]);
    return { id };
  },
});
