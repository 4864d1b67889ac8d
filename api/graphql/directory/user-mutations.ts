import type { Command } from '../../../commands/command.js';
import { createUserCommand } from '../../../commands/directory/create-user.js';
import { deleteUserCommand } from '../../../commands/directory/delete-user.js';
import {
  grantMembershipCommand,
  revokeMembershipCommand,
} from '../../../commands/directory/grant-membership.js';
import { setPasswordCommand } from '../../../commands/directory/set-password.js';
import { updateUserCommand } from '../../../commands/directory/update-user.js';
import { permission } from '../../../domain/kernel/rights.js';
import type { UserWithGroups } from '../../../projections/directory/query.js';
import { given, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';
import type { UserTypes } from './user.js';

interface UserPayload {
  readonly userId: string;
  readonly position: string;
}

const run = async <Input>(
  context: GraphqlContext,
  command: Command<Input, { userId: string }>,
  input: unknown,
): Promise<UserPayload> => {
  const { output, position } = await runCommand(context, command, input);
  return { userId: output.userId, position };
};

/** Commands on users, as mutations of the same names. */
export const addUserMutations = (builder: Builder, users: UserTypes): void => {
  const payload = builder.objectRef<UserPayload>('UserPayload').implement({
    fields: (t) => ({
      user: t.field({
        type: users.user,
        nullable: true,
        resolve: (parent, _args, context): Promise<UserWithGroups | null> =>
          context.loaders.user.clear(parent.userId).load(parent.userId),
      }),
      position: t.exposeString('position'),
    }),
  });
  const profile = (required: boolean) =>
    builder.inputType(required ? 'CreateUserInput' : 'UpdateUserInput', {
      fields: (t) => ({
        username: t.string({ required }),
        name: t.string(),
        email: t.string(),
        type: t.field({ type: users.kind }),
        path: t.string(),
        isActive: t.boolean(),
        attributes: t.field({ type: 'JSON' }),
      }),
    });
  const createInput = profile(true);
  const updateInput = profile(false);
  builder.mutationFields((t) => ({
    createUser: t.field({
      type: payload,
      args: { input: t.arg({ type: createInput, required: true }) },
      ...demands(permission('add_user')),
      resolve: (_root, args, context) => run(context, createUserCommand, given(args.input)),
    }),
    updateUser: t.field({
      type: payload,
      args: { id: t.arg.id({ required: true }), input: t.arg({ type: updateInput, required: true }) },
      ...demands(permission('change_user')),
      resolve: (_root, args, context) =>
        run(context, updateUserCommand, { userId: args.id, ...given(args.input) }),
    }),
    setPassword: t.field({
      type: payload,
      args: { userId: t.arg.id({ required: true }), password: t.arg.string({ required: true }) },
      ...demands(permission('reset_user_password')),
      resolve: (_root, args, context) => run(context, setPasswordCommand, args),
    }),
    grantMembership: t.field({
      type: payload,
      args: { groupId: t.arg.id({ required: true }), userId: t.arg.id({ required: true }) },
      ...demands(permission('add_user_to_group')),
      resolve: (_root, args, context) => run(context, grantMembershipCommand, args),
    }),
    revokeMembership: t.field({
      type: payload,
      args: { groupId: t.arg.id({ required: true }), userId: t.arg.id({ required: true }) },
      ...demands(permission('remove_user_from_group')),
      resolve: (_root, args, context) => run(context, revokeMembershipCommand, args),
    }),
    deleteUser: t.field({
      type: payload,
      args: { id: t.arg.id({ required: true }) },
      ...demands(permission('delete_user')),
      resolve: (_root, args, context) => run(context, deleteUserCommand, { userId: args.id }),
    }),
  }));
};
