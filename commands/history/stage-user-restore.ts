import { DomainError } from '../../domain/kernel/errors.js';
import { erased } from '../../domain/kernel/erased.js';
import { fold } from '../../domain/kernel/event.js';
import { group } from '../../domain/directory/group/model.js';
import { grantMembership, membership } from '../../domain/directory/membership/membership.js';
import { restoreUser } from '../../domain/directory/user/restore-user.js';
import type { UserEvent } from '../../domain/directory/user/events.js';
import { user, type PresentUser } from '../../domain/directory/user/user.js';
import { subject } from '../../domain/privacy/subject.js';
import { requireRestorable } from '../../domain/history/restore-window.js';
import type { Id } from '../../domain/kernel/ids.js';
import { permission, allows } from '../../domain/kernel/rights.js';
import { claimUsername, refuseTakenIdentifiers } from '../directory/stage-user.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** A deleted user as the deletion found him. Throws `NOT_FOUND`, `ALREADY_EXISTS`, `RESTORE_EXPIRED`, `NOT_REVERTIBLE` after an erasure. */
export const loadDeletedUser = async (
  unit: UnitOfWork,
  id: string,
): Promise<{ readonly before: PresentUser; readonly commandId: string }> => {
  const events = await unit.events(`user-${id}`);
  const deletion = events.at(-1);
  if (!deletion) throw new DomainError('NOT_FOUND');
  if (deletion.type !== 'user.deleted') throw new DomainError('ALREADY_EXISTS');
  requireRestorable(deletion.at, unit.now);
  const before = fold(user, events.slice(0, -1) as unknown as UserEvent[]);
  if (before.status !== 'present') throw new DomainError('NOT_FOUND');
  const { shredded } = await unit.load(subject, id);
  if (shredded !== null || before.username === erased)
    throw new DomainError('NOT_REVERTIBLE', { message: 'The personal data of this user has been erased.' });
  return { before, commandId: deletion.meta.commandId };
};

/**
 * Stages a user with the profile that his deletion found, without password, and puts him back into the groups that he
 * lost with it and that still exist.
 */
export const stageUserRestore = async (
  unit: UnitOfWork,
  before: PresentUser,
  commandId: string,
): Promise<void> => {
  await refuseTakenIdentifiers(unit, before, before.id);
  unit.append('user', before.id, restoreUser(await unit.load(user, before.id), before));
  claimUsername(unit, before);
  for (const { category, id, data } of await unit.ports.history.endedBy(commandId)) {
    const groupId = data['groupId'] as Id<'group'>;
    if (category !== 'membership' || !unit.ports.config.get(group, groupId)) continue;
    if (!allows(unit.context.rights, permission('add_user_to_group'))) throw new DomainError('FORBIDDEN');
    unit.append(
      'membership',
      id,
      grantMembership(await unit.load(membership, id), { groupId, userId: before.id }),
    );
  }
};
