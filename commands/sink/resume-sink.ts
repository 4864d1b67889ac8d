import { z } from 'zod';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { loadSink } from './load-sink.js';

/**
 * Lets a sink go on where it stopped, and one that waits for its next attempt try at once. Permission `change_sink`. Appends
 * `sink.resumed`, nothing when it is active and does not wait. Throws `NOT_FOUND`.
 */
export const resumeSinkCommand = defineCommand({
  name: 'resumeSink',
  input: z.strictObject({ id: z.uuid() }),
  access: permission('change_sink'),
  run: async (unit, { id }) => {
    const { values } = await loadSink(unit, id);
    const waits = async (): Promise<boolean> =>
      (await unit.ports.sinks.records.status([id])).some(({ runs }) =>
        runs.some(({ dueAt, finishedAt }) => dueAt !== null && finishedAt === null),
      );
    if (values.state !== 'active' || (await waits())) unit.append('sink', id, [{ type: 'sink.resumed', data: {} }]);
    return { id };
  },
});
