import { z } from 'zod';
import { fieldError } from '../../domain/kernel/errors.js';
import type { Values } from '../../domain/kernel/model-events.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { loadSink } from './load-sink.js';

/**
 * Lets a sink go on where it stopped, and one that waits for its next attempt try at once. Permission `change_sink`. Appends
 * `sink.resumed`, nothing when it is active and does not wait. Throws `NOT_FOUND`, `INVALID_INPUT` for a secret that
 * the sink cannot do without and does not have, and for one that a restore has emptied until it is entered or set to null.
 */
export const resumeSinkCommand = defineCommand({
  name: 'resumeSink',
  input: z.strictObject({ id: z.uuid() }),
  access: permission('change_sink'),
  passesBlockade: true,
  run: async (unit, { id }) => {
    const { model, values } = await loadSink(unit, id);
    const missing = model.required.find((field) => (values as Values)[field] === null);
    if (missing !== undefined)
      throw fieldError('INVALID_INPUT', missing, 'Enter the secret again first: it was lost.');
    const lost = values.lostSecrets[0];
    if (lost !== undefined)
      throw fieldError(
        'INVALID_INPUT',
        lost,
        'Enter the secret again first, or set it to null to go on without it: it was lost.',
      );
    const waits = async (): Promise<boolean> =>
      (await unit.ports.sinks.records.status([id])).some(({ runs }) =>
        runs.some(({ dueAt, finishedAt }) => dueAt !== null && finishedAt === null),
      );
    if (values.state !== 'active' || (await waits()))
      unit.append('sink', id, [{ type: 'sink.resumed', data: {} }]);
    return { id };
  },
});
