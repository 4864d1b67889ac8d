import { changeModelCommand } from '../../../commands/model/change-model.js';
import { createModelCommand } from '../../../commands/model/create-model.js';
import { deleteModelCommand } from '../../../commands/model/delete-model.js';
import type { Command } from '../../../commands/command.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import type { ConfigObject } from '../../../domain/kernel/config-view.js';
import { permission, type Access } from '../../../domain/kernel/rights.js';
import type { Family, Model } from '../../../domain/kernel/model.js';
import { given, knownId, type Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { runCommand } from '../run-command.js';
import { demands } from '../guard.js';
import type { ModelTypes } from './model-types.js';
import { mutationField, payloadField } from '../../../domain/kernel/api-names.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- types that are derived at start-up cannot be known to the compiler */

interface Payload {
  readonly object: ConfigObject | null;
  readonly id: string;
  readonly position: string;
}

const requireKnownId = (id: string): string => {
  const known = knownId(id);
  if (known === null) throw new DomainError('NOT_FOUND');
  return known;
};

const run = async (
  context: GraphqlContext,
  command: Command<any, { id: string }>,
  input: unknown,
): Promise<Payload> => {
  const { output, position } = await runCommand(context, command, input);
  return { object: context.dependencies.ports.config.byId(output.id) ?? null, id: output.id, position };
};

const addModel = (builder: Builder, types: ModelTypes, model: Model): void => {
  const ref = types.ofModel(model);
  const payload = builder.objectRef<Payload>(`${model.typeName}Payload`).implement({
    fields: (t) => ({
      [payloadField(model)]: (t as any).field({
        type: ref,
        nullable: true,
        resolve: (parent: Payload) => parent.object,
      }),
      position: t.exposeString('position'),
    }),
  });
  const create = builder.inputType(`Create${model.typeName}Input`, {
    fields: (t) =>
      Object.fromEntries(
        Object.entries(model.specs)
          .filter(([, spec]) => !spec.internal)
          .map(([name, spec]) => [
            name,
            (t as any).field({
              type: types.nested.inputOf(spec),
              required: spec.initial === undefined && !(spec.kind === 'secret' && spec.generated),
            }),
          ]),
      ) as any,
  });
  const changeable = Object.entries(model.specs).filter(([, spec]) => !spec.immutable && !spec.internal);
  const update = builder.inputType(`Update${model.typeName}Input`, {
    fields: (t) =>
      Object.fromEntries(
        changeable.map(([name, spec]) => [
          name,
          (t as any).field({ type: types.nested.inputOf(spec), required: false }),
        ]),
      ) as any,
  });
  const createCommand = createModelCommand(model);
  const changeCommand = changeModelCommand(model);
  builder.mutationField(mutationField('create', model), (t) =>
    (t as any).field({
      type: payload,
      args: { input: t.arg({ type: create, required: true }) },
      ...demands(createCommand.access as Access),
      resolve: (_root: unknown, args: { input: Record<string, unknown> }, context: GraphqlContext) =>
        run(context, createCommand, { values: given(args.input) }),
    }),
  );
  builder.mutationField(mutationField('update', model), (t) =>
    (t as any).field({
      type: payload,
      args: {
        id: t.arg.id({ required: true }),
        input: t.arg({ type: update, required: true }),
        expectedRevision: t.arg.int({
          description: 'Revision the caller has seen. Fields that others have set since are not overwritten.',
        }),
      },
      ...demands(changeCommand.access as Access),
      resolve: (
        _root: unknown,
        args: { id: string; input: Record<string, unknown>; expectedRevision?: number | null },
        context: GraphqlContext,
      ) =>
        run(context, changeCommand, {
          id: requireKnownId(args.id),
          values: given(args.input),
          ...(args.expectedRevision == null ? {} : { expectedRevision: args.expectedRevision }),
        }),
    }),
  );
};

const addDeletion = (
  builder: Builder,
  thing: Model | Family,
  access: Access,
  find: (context: GraphqlContext, id: string) => Model | undefined,
  payload: any,
): void => {
  builder.mutationField(mutationField('delete', thing), (t) =>
    (t as any).field({
      type: payload,
      args: { id: t.arg.id({ required: true }) },
      ...demands(access),
      resolve: (_root: unknown, args: { id: string }, context: GraphqlContext) => {
        const id = requireKnownId(args.id);
        const model = find(context, id);
        if (!model) throw new DomainError('NOT_FOUND');
        return run(context, deleteModelCommand(model), { id });
      },
    }),
  );
};

/** `create` and `update` for each model, `delete` for each model without family and for each family. */
export const deriveModelMutations = (
  builder: Builder,
  types: ModelTypes,
  models: readonly Model[],
  families: readonly Family[],
): void => {
  const payload = builder
    .objectRef<Payload>('DeletePayload')
    .implement({ fields: (t) => ({ id: t.exposeID('id'), position: t.exposeString('position') }) });
  for (const model of models) {
    addModel(builder, types, model);
    if (!model.family)
      addDeletion(
        builder,
        model,
        permission(`delete_${model.permissionName}`),
        (context, id) =>
          context.dependencies.ports.config.byId(id)?.model.name === model.name ? model : undefined,
        payload,
      );
  }
  for (const family of families)
    addDeletion(
      builder,
      family,
      { kind: 'authenticated' },
      (context, id) => {
        const object = context.dependencies.ports.config.byId(id);
        return object?.model.family?.name === family.name ? object.model : undefined;
      },
      payload,
    );
};
