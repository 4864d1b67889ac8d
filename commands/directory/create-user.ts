import { z } from 'zod';
import { userTypes } from '../../domain/directory/user/events.js';
import { fieldError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { stageNewUser } from './stage-user.js';
import { profileSchemas } from './user-input.js';

/**
 * Creates a user without a password. Permission `add_user`. Appends `user.created`. Throws `CLAIM_TAKEN` (username,
 * email), `RESERVED_TYPE`, `INVALID_INPUT`.
 */
export const createUserCommand = defineCommand({
  name: 'createUser',
  input: z.strictObject({
    username: profileSchemas.username,
    name: profileSchemas.name.default(''),
    email: profileSchemas.email.default(''),
    type: z.enum(userTypes).default('internal'),
    path: profileSchemas.path.default('users'),
    isActive: z.boolean().default(true),
    attributes: profileSchemas.attributes.default({}),
  }),
  access: permission('add_user'),
  run: async (unit, input) => {
    if (input.type === 'internal_service_account') throw fieldError('RESERVED_TYPE', 'type');
    const { userId } = await stageNewUser(unit, { ...input, attributes: input.attributes });
    return { userId };
  },
});
