import { z } from 'zod';
import { groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import { userTypes } from '../../domain/directory/user/events.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { stageGrantEnds } from '../access/end-grants.js';
import { stageSessionEnds } from '../access/end-sessions.js';
import { defineCommand } from '../command.js';
import { guardSuperusers } from './guard-superusers.js';
import { stageUserChange } from './stage-user.js';
import { profileSchemas } from './user-input.js';

/**
 * Changes a user's profile and state. Permission `change_user`. Appends one event per thing that changes; deactivation
 * ends the user's sessions and grants in the same append. Throws `NOT_FOUND`, `CLAIM_TAKEN`, `RESERVED_TYPE`, `LAST_SUPERUSER`.
 */
export const updateUserCommand = defineCommand({
  name: 'updateUser',
  input: z.strictObject({
    userId: id('user'),
    username: z.exactOptional(profileSchemas.username),
    name: z.exactOptional(profileSchemas.name),
    email: z.exactOptional(profileSchemas.email),
    type: z.exactOptional(z.enum(userTypes)),
    path: z.exactOptional(profileSchemas.path),
    isActive: z.exactOptional(z.boolean()),
    attributes: z.exactOptional(profileSchemas.attributes),
  }),
  access: permission('change_user'),
  touchesCredentials: true,
  run: async (unit, { userId, ...patch }) => {
    const before = await stageUserChange(unit, userId, patch);
    if (patch.isActive === false && before.isActive) {
      const record = await unit.ports.users.byId(userId);
      if (record && isSuperuser(groupTree(unit.ports.config), record.groupIds))
        await guardSuperusers(unit, userId);
      await stageSessionEnds(unit, userId, 'user_deactivated');
      await stageGrantEnds(unit, userId, 'user_deactivated');
    }
    return { userId };
  },
});
