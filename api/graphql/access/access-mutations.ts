import { createTokenCommand } from '../../../commands/access/create-token.js';
import { endSessionCommand } from '../../../commands/access/end-session.js';
import { revokeTokenCommand } from '../../../commands/access/revoke-token.js';
import { authenticated } from '../../../domain/kernel/rights.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import type { Builder } from '../builder.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

/** Commands on sessions and tokens, as mutations of the same names. */
export const addAccessMutations = (builder: Builder): void => {
  const sessionPayload = builder
    .objectRef<{ sessionId: string; position: string }>('SessionPayload')
    .implement({
      fields: (t) => ({ sessionId: t.exposeID('sessionId'), position: t.exposeString('position') }),
    });
  const tokenPayload = builder
    .objectRef<{ tokenId: string; key: string | null; position: string }>('TokenPayload')
    .implement({
      fields: (t) => ({
        tokenId: t.exposeID('tokenId'),
        key: t.exposeString('key', {
          nullable: true,
          description: 'The token itself. It is shown this once and stored nowhere.',
        }),
        position: t.exposeString('position'),
      }),
    });
  builder.mutationField('endSession', (t) =>
    t.field({
      type: sessionPayload,
      args: { sessionId: t.arg.id({ required: true }) },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, endSessionCommand, args);
        return { sessionId: output.sessionId, position };
      },
    }),
  );
  builder.mutationField('createToken', (t) =>
    t.field({
      type: tokenPayload,
      description: 'Makes an API token, for oneself unless a user is named.',
      args: {
        userId: t.arg.id(),
        identifier: t.arg.string({ required: true }),
        description: t.arg.string(),
        expiresAt: t.arg({ type: 'DateTime' }),
      },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const userId = args.userId ?? context.identity.user?.id;
        if (userId === undefined) throw new DomainError('UNAUTHENTICATED');
        const input = {
          userId,
          identifier: args.identifier,
          description: args.description ?? '',
          expiresAt: args.expiresAt ?? null,
        };
        const { output, position } = await runCommand(context, createTokenCommand, input);
        return { tokenId: output.tokenId, key: output.key, position };
      },
    }),
  );
  builder.mutationField('revokeToken', (t) =>
    t.field({
      type: tokenPayload,
      args: { tokenId: t.arg.id({ required: true }) },
      ...demands(authenticated),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, revokeTokenCommand, args);
        return { tokenId: output.tokenId, key: null, position };
      },
    }),
  );
};
