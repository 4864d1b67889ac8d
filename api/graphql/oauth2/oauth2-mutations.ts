import { rotateClientSecretCommand } from '../../../commands/oauth2/rotate-client-secret.js';
import { permission } from '../../../domain/kernel/rights.js';
import { given, type Builder } from '../builder.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

/** Commands on OAuth2 providers, as mutations of the same names. */
export const addOAuth2Mutations = (builder: Builder): void => {
  const payload = builder
    .objectRef<{ clientSecret: string; position: string }>('RotateClientSecretPayload')
    .implement({
      fields: (t) => ({
        clientSecret: t.exposeString('clientSecret', {
          description: 'The new secret. It is shown this once; viewing it later is an event of its own.',
        }),
        position: t.exposeString('position'),
      }),
    });
  builder.mutationField('rotateClientSecret', (t) =>
    t.field({
      type: payload,
      description: 'Gives a client a new secret. The one before stays valid for the overlap.',
      args: {
        id: t.arg.id({ required: true }),
        overlap: t.arg.string({ description: 'A duration; days=1 unless told, days=30 at most.' }),
      },
      ...demands(permission('change_oauth2_provider')),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, rotateClientSecretCommand, given(args));
        return { clientSecret: output.clientSecret, position };
      },
    }),
  );
};
