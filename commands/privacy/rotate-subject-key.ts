import { z } from 'zod';
import { DomainError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { subject } from '../../domain/privacy/subject.js';
import { defineCommand } from '../command.js';

/**
 * Gives a subject a new key for what is sealed from now on; earlier versions go on opening what they sealed. Permission
 * `rotate_key`. Appends `subject.key.rotated`. Throws `NOT_FOUND` for a subject without a key.
 */
export const rotateSubjectKeyCommand = defineCommand({
  name: 'rotateSubjectKey',
  input: z.strictObject({ subject: z.string().max(100) }),
  access: permission('rotate_key'),
  run: async (unit, { subject: id }) => {
    if ((await unit.load(subject, id)).shredded) throw new DomainError('NOT_FOUND');
    const version = await unit.ports.subjects.rotate(id);
    if (version === null) throw new DomainError('NOT_FOUND');
    unit.append('subject', id, [{ type: 'subject.key.rotated', data: { subject: id, version } }]);
    return { version };
  },
});
