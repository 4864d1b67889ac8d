import { z } from 'zod';
import { user } from '../../domain/directory/user/user.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { releaseHold, setHold, subject } from '../../domain/privacy/subject.js';
import { defineCommand } from '../command.js';
import { requiredReason } from './required-reason.js';

const freshForPeople = (_input: unknown, { actor }: { readonly actor: { readonly type: string } }): boolean =>
  actor.type === 'user';

/**
 * Forbids to erase somebody until the hold is released. Permission `hold_user`, a login of the last five minutes, a reason.
 * Appends `subject.hold.set`. Throws `NOT_FOUND` for somebody who never was or is erased.
 */
export const placeLegalHoldCommand = defineCommand({
  name: 'placeLegalHold',
  input: z.strictObject({ userId: id('user'), matter: z.string().trim().min(1).max(200) }),
  access: permission('hold_user'),
  needsFreshLogin: freshForPeople,
  run: async (unit, { userId, matter }) => {
    requiredReason(unit.context);
    if ((await unit.load(user, userId)).status === 'absent') throw new DomainError('NOT_FOUND');
    const holdId = unit.ports.ids.next('hold');
    unit.append(
      'subject',
      userId,
      setHold(await unit.load(subject, userId), { subject: userId, holdId, matter }),
    );
    return { userId, holdId };
  },
});

/**
 * Ends a legal hold. Permission `hold_user`, a login of the last five minutes, a reason. Appends `subject.hold.released`.
 * Throws `NOT_FOUND` for a hold that is not in force.
 */
export const releaseLegalHoldCommand = defineCommand({
  name: 'releaseLegalHold',
  input: z.strictObject({ userId: id('user'), holdId: z.uuid() }),
  access: permission('hold_user'),
  needsFreshLogin: freshForPeople,
  run: async (unit, { userId, holdId }) => {
    requiredReason(unit.context);
    unit.append(
      'subject',
      userId,
      releaseHold(await unit.load(subject, userId), { subject: userId, holdId }),
    );
    return { userId, holdId };
  },
});
