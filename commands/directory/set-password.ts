import { z } from 'zod';
import { existing, user } from '../../domain/directory/user/user.js';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { stageGrantEnds } from '../access/end-grants.js';
import { stageSessionEnds } from '../access/end-sessions.js';
import { defineCommand } from '../command.js';
import { actsForSelf } from '../sink/refuse-while-blocked.js';
import { stagePassword } from './stage-user.js';

/**
 * Sets a user's password. Permission `reset_user_password`. Appends `user.password.changed` and ends the user's other
 * sessions and all grants. Throws `NOT_FOUND`, `RESERVED_TYPE`, `PASSWORD_UNSUITABLE`, `CREDENTIALS_PROTECTED`.
 */
export const setPasswordCommand = defineCommand({
  name: 'setPassword',
  input: z.strictObject({ userId: id('user'), password: z.string() }),
  access: permission('reset_user_password'),
  touchesCredentials: true,
  passesBlockade: ({ userId }, context) => actsForSelf(context, userId),
  run: async (unit, { userId, password }) => {
    const owner = existing(await unit.load(user, userId));
    await stagePassword(unit, owner, password, 'password');
    await stageSessionEnds(unit, userId, 'password_changed', unit.context.sessionId);
    await stageGrantEnds(unit, userId, 'password_changed');
    return { userId };
  },
});
