import { z } from 'zod';
import { skipEvent, skippedEvents } from '../../domain/projection/skipped-events.js';
import { DomainError, fieldError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/**
 * Leaves the event at which a group of read models has halted out of that group, in this version and in all its
 * rebuilds. Takes the position typed in and a reason. Appends `projection.event.skipped`. Throws `NOT_FOUND` for an
 * unknown group, `INVALID_INPUT` when the group has not halted there or no reason is given.
 */
export const skipEventCommand = defineCommand<
  { readonly group: string; readonly position: string },
  { readonly group: string }
>({
  name: 'skipEvent',
  input: z.strictObject({ group: z.string().max(100), position: z.string().regex(/^\d{1,19}$/) }),
  access: permission('skip_read_model_event'),
  run: async (unit, input) => {
    const { readModels, store } = unit.ports;
    if ((unit.context.reason ?? '').trim() === '')
      throw fieldError('INVALID_INPUT', 'reason', 'Say why the event is left out.');
    const group = (await readModels.status()).find(
      ({ name, state }) => name === input.group && state === 'live',
    );
    if (!group) throw new DomainError('NOT_FOUND');
    const position = BigInt(input.position);
    if (group.halt?.position !== position)
      throw fieldError('INVALID_INPUT', 'position', 'The read models have not halted at this position.');
    const [event] = await store.readAll({ after: position - 1n, limit: 1 });
    if (event?.position !== position) throw new DomainError('NOT_FOUND');
    const state = await unit.load(skippedEvents, group.name);
    unit.append(
      skippedEvents.category,
      group.name,
      skipEvent(state, { group: group.name, version: group.version, eventId: event.id, position }),
    );
    return { group: group.name };
  },
});
