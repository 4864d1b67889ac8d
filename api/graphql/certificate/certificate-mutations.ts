import { generateCertificateCommand } from '../../../commands/certificate/generate-certificate.js';
import { keyAlgorithms } from '../../../commands/signing-ports.js';
import { certificate } from '../../../domain/certificate/model.js';
import type { Model } from '../../../domain/kernel/model.js';
import { permission } from '../../../domain/kernel/rights.js';
import { given, type Builder } from '../builder.js';
import type { ModelTypes } from '../derive/model-types.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

/** Commands on certificates, as mutations of the same names. */
export const addCertificateMutations = (builder: Builder, types: ModelTypes): void => {
  const algorithm = builder.enumType('KeyAlgorithm', { values: keyAlgorithms });
  const payload = builder
    .objectRef<{ id: string; position: string }>('GenerateCertificatePayload')
    .implement({
      fields: (t) => ({
        certificate: t.field({
          type: types.ofModel(certificate as unknown as Model),
          nullable: true,
          resolve: (parent, _args, context) => context.dependencies.ports.config.byId(parent.id) as never,
        }),
        position: t.exposeString('position'),
      }),
    });
  builder.mutationField('generateCertificate', (t) =>
    t.field({
      type: payload,
      description: 'Makes a key pair in a self-signed certificate.',
      args: {
        name: t.arg.string({ required: true }),
        algorithm: t.arg({ type: algorithm }),
        days: t.arg.int(),
      },
      ...demands(permission('add_certificate')),
      resolve: async (_root, args, context) => {
        const { output, position } = await runCommand(context, generateCertificateCommand, given(args));
        return { id: output.id, position };
      },
    }),
  );
};
