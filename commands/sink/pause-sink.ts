import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { loadSink } from './load-sink.js';

/**
 * Lets a sink rest. What happens meanwhile waits in the log. Permission `change_sink`. Appends `sink.paused`, nothing when
 * it rests already. Throws `NOT_FOUND`.
 */
export const pauseSinkCommand = defineCommand({
  name: 'pauseSink',
  input: z.strictObject({ id: z.uuid() }),
  access: permission('change_sink'),
  passesBlockade: true,
  run: async (unit, { id }) => {
    const { values } = await loadSink(unit, id);
    if (values.state !== 'paused') unit.append('sink', id, [{ type: 'sink.paused', data: {} }]);
    return { id };
  },
});
