import { z } from 'zod';
import { token } from '../../domain/access/token/token.js';
import { groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import { membership, revokeMembership } from '../../domain/directory/membership/membership.js';
import { deleteUser } from '../../domain/directory/user/delete-user.js';
import { existing, user } from '../../domain/directory/user/user.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id, type Id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { stageGrantEnds } from '../access/end-grants.js';
import { stageSessionEnds } from '../access/end-sessions.js';
import { releaseTokenClaim } from '../access/revoke-token.js';
import { defineCommand } from '../command.js';
import { stageReferrerEffects } from '../model/referrer-effects.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { guardSuperusers } from './guard-superusers.js';
import { membershipId } from './grant-membership.js';
import { releaseUserClaims } from './stage-user.js';

/** Stages the end of a user and of everything that hangs on him. Throws `NOT_FOUND`, `LAST_SUPERUSER`, `CANNOT_DELETE_SELF`. */
export const stageUserDeletion = async (unit: UnitOfWork, userId: Id<'user'>): Promise<void> => {
  if (unit.context.rights.userId === userId) throw new DomainError('CANNOT_DELETE_SELF');
  const state = await unit.load(user, userId);
  const before = existing(state);
  const record = await unit.ports.users.byId(userId);
  if (record && isSuperuser(groupTree(unit.ports.config), record.groupIds))
    await guardSuperusers(unit, userId);
  unit.append('user', userId, deleteUser(state));
  releaseUserClaims(unit, before);
  await stageSessionEnds(unit, userId, 'user_deleted');
  await stageGrantEnds(unit, userId, 'user_deleted');
  for (const tokenId of await unit.ports.users.tokenIds(userId)) {
    const held = await unit.load(token, tokenId);
    if (held.status !== 'live') continue;
    unit.append('token', tokenId, [
      { type: 'token.revoked', data: { tokenId, userId, cause: 'user_deleted' } },
    ]);
    releaseTokenClaim(unit, held);
  }
  for (const groupId of record?.groupIds ?? []) {
    const edgeId = membershipId(unit.ports.ids, groupId, userId);
    unit.append(
      'membership',
      edgeId,
      revokeMembership(await unit.load(membership, edgeId), { groupId, userId }),
    );
  }
  await stageReferrerEffects(unit, userId);
};

/**
 * Deletes a user with his sessions, grants, tokens, memberships and bindings, in one append. Permission `delete_user`. Appends
 * `user.deleted` and the ends of what hung on it. Throws `NOT_FOUND`, `LAST_SUPERUSER`, `CANNOT_DELETE_SELF`.
 */
export const deleteUserCommand = defineCommand({
  name: 'deleteUser',
  input: z.strictObject({ userId: id('user') }),
  access: permission('delete_user'),
  touchesCredentials: true,
  run: async (unit, { userId }) => {
    await stageUserDeletion(unit, userId);
    return { userId };
  },
});
