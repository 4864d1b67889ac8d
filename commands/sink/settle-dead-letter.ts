import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand, type Command } from '../command.js';
import { loadSink } from './load-sink.js';

interface Letter {
  readonly id: string;
  readonly entryId: string;
}

const settle = (name: string, type: string): Command<Letter, { readonly id: string }> =>
  defineCommand({
    name,
    input: z.strictObject({ id: z.uuid(), entryId: z.uuid() }),
    access: permission('change_sink'),
    passesBlockade: true,
    run: async (unit, { id, entryId }) => {
      await loadSink(unit, id);
      const letter = await unit.ports.sinks.records.deadLetter(id, entryId);
      if (letter?.state !== 'open') throw new DomainError('NOT_FOUND');
      const requestId = unit.ports.ids.named('request', `${unit.commandId}/${entryId}`);
      unit.append('sink', id, [{ type, data: { requestId, entryId, position: String(letter.position) } }]);
      return { id };
    },
  });

/**
 * Sends an entry again that the receiver had refused for good. Permission `change_sink`. Appends
 * `sink.dead_letter.retried`. Throws `NOT_FOUND`.
 */
export const retrySinkDeadLetterCommand = settle('retrySinkDeadLetter', 'sink.dead_letter.retried');

/**
 * Leaves an entry that the receiver has refused for good undelivered. Permission `change_sink`. Appends
 * `sink.dead_letter.skipped`. Throws `NOT_FOUND`.
 */
export const skipSinkDeadLetterCommand = settle('skipSinkDeadLetter', 'sink.dead_letter.skipped');
