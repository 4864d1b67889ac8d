import { defaultFieldResolver, type GraphQLSchema } from 'graphql';
import { DomainError } from '../../domain/kernel/errors.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import type { Model } from '../../domain/kernel/model.js';
import { isOpenTo } from '../../domain/kernel/personal.js';
import { allows, permission, type Access } from '../../domain/kernel/rights.js';
import type { GraphqlContext } from './context.js';

/** Throws `UNAUTHENTICATED` or `FORBIDDEN` when the caller lacks what a field demands. */
export const requireAccess = (context: GraphqlContext, access: Access): void => {
  if (!allows(context.identity.rights, access))
    throw new DomainError(context.identity.user ? 'FORBIDDEN' : 'UNAUTHENTICATED');
};

/** Whether the caller may see objects of a model; what he may not see reads as absent. */
export const maySee = (context: GraphqlContext, permissionName: string): boolean =>
  allows(context.identity.rights, { kind: 'permission', permission: `view_${permissionName}` });

/** What somebody must hold to see objects of a model at all. */
export const sightOf = (model: Model): Access =>
  permission(`view_${model.personal?.audience ?? model.permissionName}`);

export const maySeeModel = (context: GraphqlContext, model: Model): boolean =>
  allows(context.identity.rights, sightOf(model));

/** The same for one object: what belongs to somebody else and is not shared reads as absent. */
export const maySeeObject = (context: GraphqlContext, { model, values }: ConfigObject): boolean =>
  maySeeModel(context, model) && isOpenTo(model, values, context.identity.rights.userId);

/** What a root field demands, readable in the schema. */
export const demands = (access: Access): { readonly extensions: { readonly access: Access } } => ({
  extensions: { access },
});

/**
 * Puts the guard in front of every root field: nothing resolves before the caller holds what the field demands. Fails
 * the start when a field does not declare it.
 */
export const enforceDeclaredAccess = (schema: GraphQLSchema): void => {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    for (const field of Object.values(type?.getFields() ?? {})) {
      const access = field.extensions['access'] as Access | undefined;
      if (!access) throw new Error(`GraphQL field ${String(type)}.${field.name} does not declare its access`);
      const { resolve = defaultFieldResolver, subscribe } = field;
      if (subscribe)
        field.subscribe = (root, args, context: GraphqlContext, info) => {
          requireAccess(context, access);
          return subscribe(root, args, context, info);
        };
      else
        field.resolve = (root, args, context: GraphqlContext, info) => {
          requireAccess(context, access);
          return resolve(root, args, context, info);
        };
    }
};
