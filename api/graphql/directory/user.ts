import { initialsAvatar } from '../../../domain/directory/user/initials-avatar.js';
import { userTypes as kinds } from '../../../domain/directory/user/events.js';
import { groupTree, isSuperuser } from '../../../domain/directory/group/effective-groups.js';
import { group } from '../../../domain/directory/group/model.js';
import type { UserWithGroups } from '../../../projections/directory/query.js';
import type { Builder } from '../builder.js';
import type { GraphqlContext } from '../context.js';
import { maySee } from '../guard.js';
import { ofPast, pastViewOf, viewOf } from '../time/past-views.js';

/** The GraphQL type of users, and how a reference to one is followed. */
export interface UserTypes {
  readonly user: ReturnType<typeof userRef>;
  readonly kind: ReturnType<typeof userKind>;
  readonly load: (context: GraphqlContext, id: string) => Promise<UserWithGroups | null>;
}

const userRef = (builder: Builder) => builder.objectRef<UserWithGroups>('User');
const userKind = (builder: Builder) => builder.enumType('UserType', { values: kinds });

/** Oneself, or with `view_user` anybody. */
export const maySeeUser = (context: GraphqlContext, id: string): boolean =>
  context.identity.rights.userId === id || maySee(context, 'user');

export const createUserTypes = (builder: Builder): UserTypes => ({
  user: userRef(builder),
  kind: userKind(builder),
  load: async (context, id) => (maySeeUser(context, id) ? context.loaders.user.load(id) : null),
});

/** Groups of a user that still exist. */
export const groupsOf = (context: GraphqlContext, user: { readonly group_ids: readonly string[] }) =>
  user.group_ids.flatMap((id) => {
    const past = pastViewOf(user);
    return (
      (past ? ofPast(past.get(group, id), past) : context.dependencies.ports.config.get(group, id)) ?? []
    );
  });

export const isUserSuperuser = (
  context: GraphqlContext,
  user: { readonly group_ids: readonly string[] },
): boolean => isSuperuser(groupTree(viewOf(context, user)), user.group_ids);

/** Fields of a user that need no other type. */
export const implementUser = ({ user, kind }: UserTypes): void => {
  user.implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      number: t.exposeInt('number'),
      username: t.exposeString('username'),
      name: t.exposeString('name'),
      email: t.exposeString('email'),
      isActive: t.exposeBoolean('is_active'),
      isSuperuser: t.boolean({ resolve: (row, _args, context) => isUserSuperuser(context, row) }),
      type: t.field({ type: kind, resolve: (row) => row.type }),
      path: t.exposeString('path'),
      attributes: t.field({ type: 'JSON', resolve: (row) => row.attributes }),
      avatar: t.string({ resolve: (row) => initialsAvatar(row.name, row.username) }),
      hasPassword: t.boolean({ resolve: (row) => row.credential !== null }),
      passwordChangedAt: t.field({
        type: 'DateTime',
        nullable: true,
        resolve: (row) => row.password_changed_at,
      }),
      lastLogin: t.field({ type: 'DateTime', nullable: true, resolve: (row) => row.last_login }),
      createdAt: t.field({ type: 'DateTime', resolve: (row) => row.created_at }),
      changedAt: t.field({ type: 'DateTime', resolve: (row) => row.changed_at }),
      revision: t.exposeInt('revision'),
    }),
  });
};
