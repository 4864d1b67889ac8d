import { z } from 'zod';
import { groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import { group } from '../../domain/directory/group/model.js';
import {
  grantMembership,
  membership,
  revokeMembership,
} from '../../domain/directory/membership/membership.js';
import { fieldError } from '../../domain/kernel/errors.js';
import { id, type Id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { Identifiers } from '../ports.js';
import { guardSuperusers } from './guard-superusers.js';

/** Id of the edge between a group and a user. */
export const membershipId = (ids: Identifiers, groupId: string, userId: string): Id<'membership'> =>
  ids.named('membership', `${groupId}/${userId}`);

const edge = z.strictObject({ groupId: id('group'), userId: id('user') });

/** Adds a user to a group. Permission `add_user_to_group`. Appends `membership.granted`. Throws `NOT_FOUND` on a field. */
export const grantMembershipCommand = defineCommand({
  name: 'grantMembership',
  input: edge,
  access: permission('add_user_to_group'),
  run: async (unit, input) => {
    if (!unit.ports.config.get(group, input.groupId)) throw fieldError('NOT_FOUND', 'groupId');
    if (!(await unit.ports.users.byId(input.userId))) throw fieldError('NOT_FOUND', 'userId');
    const edgeId = membershipId(unit.ports.ids, input.groupId, input.userId);
    unit.append('membership', edgeId, grantMembership(await unit.load(membership, edgeId), input));
    return input;
  },
});

/**
 * Takes a user out of a group. Permission `remove_user_from_group`. Appends `membership.revoked`. Throws
 * `LAST_SUPERUSER`.
 */
export const revokeMembershipCommand = defineCommand({
  name: 'revokeMembership',
  input: edge,
  access: permission('remove_user_from_group'),
  run: async (unit, input) => {
    const edgeId = membershipId(unit.ports.ids, input.groupId, input.userId);
    const events = revokeMembership(await unit.load(membership, edgeId), input);
    const member = await unit.ports.users.byId(input.userId);
    const left = member?.groupIds.filter((groupId) => groupId !== input.groupId) ?? [];
    const tree = groupTree(unit.ports.config);
    if (events.length > 0 && member && isSuperuser(tree, member.groupIds) && !isSuperuser(tree, left))
      await guardSuperusers(unit, input.userId);
    unit.append('membership', edgeId, events);
    return input;
  },
});
