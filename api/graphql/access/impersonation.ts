import { startImpersonationCommand } from '../../../commands/access/start-impersonation.js';
import { stopImpersonationCommand } from '../../../commands/access/stop-impersonation.js';
import { impersonate, impersonationRefusal } from '../../../domain/access/session/impersonation.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import type { Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { isUserSuperuser, type UserTypes } from '../directory/user.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

/** Acting as somebody else: whether it is possible, its start and its end. */
export const addImpersonation = (builder: Builder, { user }: UserTypes): void => {
  const payload = builder
    .objectRef<{ position: string }>('ImpersonationPayload')
    .implement({ fields: (t) => ({ position: t.exposeString('position') }) });
  const input = builder.inputType('StartImpersonationInput', {
    fields: (t) => ({
      userId: t.id({ required: true }),
      reason: t.string({ required: true, description: 'Why. It is on record with the start.' }),
    }),
  });
  builder.objectField(user, 'canImpersonate', (t) =>
    t.boolean({
      description: 'Whether the caller may act as this user now.',
      resolve: (row, _args, context) => mayImpersonate(context, row),
    }),
  );
  builder.mutationField('startImpersonation', (t) =>
    t.field({
      type: payload,
      description: 'Acts as somebody else in this browser until stopped, or until the time for it is over.',
      args: { input: t.arg({ type: input, required: true }) },
      ...demands(impersonate),
      resolve: async (_root, { input: { userId, reason } }, context) => {
        const { position } = await runCommand(context, startImpersonationCommand, { userId }, { reason });
        return { position };
      },
    }),
  );
  builder.mutationField('stopImpersonation', (t) =>
    t.field({
      type: payload,
      description: 'Ends acting as somebody else; nothing happens when nobody does.',
      ...demands(authenticated),
      resolve: async (_root, _args, context) => {
        const { position } = await runCommand(context, stopImpersonationCommand, {});
        return { position };
      },
    }),
  );
};

const mayImpersonate = (
  context: GraphqlContext,
  row: { readonly id: string; readonly group_ids: readonly string[] },
): boolean => {
  const { identity, dependencies } = context;
  if (!dependencies.ports.impersonation.enabled || identity.session === null || identity.impersonator)
    return false;
  const target = { id: row.id as never, superuser: isUserSuperuser(context, row) };
  return impersonationRefusal(identity.rights, target) === null;
};
