import { viewSecretCommand } from '../../../commands/model/view-secret.js';
import { viewSecretField } from '../../../domain/kernel/api-names.js';
import { permission } from '../../../domain/kernel/rights.js';
import type { Model } from '../../../domain/kernel/model.js';
import type { Builder } from '../builder.js';
import { demands } from '../guard.js';
import { runCommand } from '../run-command.js';

/** `view<Type>Secret` for each model that holds secrets: the one way to read one, and an event each time. */
export const deriveSecretMutations = (builder: Builder, models: readonly Model[]): void => {
  const payload = builder.objectRef<{ value: string; position: string }>('ViewSecretPayload').implement({
    fields: (t) => ({
      value: t.exposeString('value'),
      position: t.exposeString('position'),
    }),
  });
  for (const model of models) {
    const visible = Object.values(model.specs).some((spec) => spec.kind === 'secret' && !spec.internal);
    if (!visible) continue;
    const command = viewSecretCommand(model);
    builder.mutationField(viewSecretField(model), (t) =>
      t.field({
        type: payload,
        description: 'Shows a secret. That it was shown is recorded.',
        args: { id: t.arg.id({ required: true }), field: t.arg.string({ required: true }) },
        ...demands(permission(`view_${model.permissionName}_secret`)),
        resolve: async (_root, args, context) => {
          const { output, position } = await runCommand(context, command, args);
          return { value: output.value, position };
        },
      }),
    );
  }
};
