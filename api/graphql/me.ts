import { groupTree, effectiveGroups } from '../../domain/directory/group/effective-groups.js';
import { group } from '../../domain/directory/group/model.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { Model } from '../../domain/kernel/model.js';
import type { UserWithGroups } from '../../projections/directory/query.js';
import { type Builder, shortList } from './builder.js';
import type { ModelTypes } from './derive/model-types.js';
import { isUserSuperuser, type UserTypes } from './directory/user.js';
import { demands } from './guard.js';

interface Me {
  readonly user: UserWithGroups;
}

/** `me`: who is signed in, and as whom; null for a visitor. */
export const addMe = (builder: Builder, users: UserTypes, types: ModelTypes): void => {
  const me = builder.objectRef<Me>('Me').implement({
    fields: (t) => ({
      user: t.field({ type: users.user, resolve: (parent) => parent.user }),
      canAdminister: t.boolean({
        description: 'Whether the administration may be opened.',
        resolve: (parent, _args, context) => isUserSuperuser(context, parent.user),
      }),
      groups: t.field({
        type: [types.ofModel(group as unknown as Model)],
        description: 'All groups, those above the direct ones included.',
        complexity: shortList,
        resolve: (parent, _args, context) => {
          const { config } = context.dependencies.ports;
          return [...effectiveGroups(groupTree(config), parent.user.group_ids)].flatMap(
            (id) => config.byId(id) ?? [],
          ) as never;
        },
      }),
      impersonator: t.string({
        nullable: true,
        description: 'User name of the administrator who is impersonating.',
        resolve: (_parent, _args, context) => context.identity.impersonator?.username ?? null,
      }),
      impersonationExpiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        resolve: (_parent, _args, context) => context.identity.impersonationExpiresAt,
      }),
    }),
  });
  builder.queryField('me', (t) =>
    t.field({
      type: me,
      nullable: true,
      ...demands(anybody('tells a visitor only that nobody is signed in')),
      resolve: async (_root, _args, context) => {
        const id = context.identity.user?.id;
        const user = id === undefined ? null : await context.loaders.user.load(id);
        return user && { user };
      },
    }),
  );
};
