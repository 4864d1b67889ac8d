import { z } from 'zod';
import { user } from '../../domain/directory/user/user.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { legalBases, requesters } from '../../domain/privacy/events.js';
import { shredSubject, subject } from '../../domain/privacy/subject.js';
import { defineCommand } from '../command.js';
import { stageUserDeletion } from '../directory/delete-user.js';
import { requiredReason } from './required-reason.js';

/**
 * Erases what is personal about somebody: deletes the user when he is not deleted yet, and puts on record that his keys
 * are destroyed; every process destroys them when it reads that. Permission `erase_user`, a login of the last five minutes,
 * a reason. Appends `subject.shredded`, and `user.deleted` with the ends of what hung on it; nothing the second time,
 * which gets the same answer. Throws `LEGAL_HOLD`, `NOT_FOUND`, `LAST_SUPERUSER`, `CANNOT_DELETE_SELF`, `RESERVED_TYPE`.
 */
export const eraseSubjectCommand = defineCommand({
  name: 'eraseSubject',
  input: z.strictObject({
    userId: id('user'),
    legalBasis: z.enum(legalBases),
    requestedBy: z.enum(requesters).default('subject'),
  }),
  access: permission('erase_user'),
  touchesCredentials: true,
  needsFreshLogin: (_input, { actor }) => actor.type === 'user',
  run: async (unit, { userId, legalBasis, requestedBy }) => {
    requiredReason(unit.context);
    const state = await unit.load(subject, userId);
    if (state.shredded) return { userId, ...state.shredded };
    const person = await unit.load(user, userId);
    if (person.status === 'absent') throw new DomainError('NOT_FOUND');
    const keyDigest = await unit.ports.subjects.digestOf(userId);
    const shredded = shredSubject(state, { subject: userId, keyDigest, requestedBy, legalBasis });
    if (person.status === 'present') await stageUserDeletion(unit, userId);
    unit.append('subject', userId, shredded);
    return { userId, keyDigest, requestedBy, legalBasis };
  },
});
