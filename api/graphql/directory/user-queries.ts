import { authenticated, permission } from '../../../domain/kernel/rights.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import {
  countUsers,
  listUsers,
  userOrderNames,
  type UserListOptions,
  type UserOrder,
  type UserWithGroups,
} from '../../../projections/directory/query.js';
import { type Builder, countedElsewhere, knownId } from '../builder.js';
import { countCap, decodeCursor, encodeCursor, pageSize, type Page } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import type { ModelTypes } from '../derive/model-types.js';
import { demands } from '../guard.js';
import { everybody } from './user-fields.js';
import { maySeeUser, type UserTypes } from './user.js';

interface UserPage extends Page<UserWithGroups> {
  readonly options: UserListOptions;
}

interface UserArgs {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly search?: string | null | undefined;
  readonly filter?:
    | {
        isActive?: boolean | null | undefined;
        types?: readonly string[] | null | undefined;
        path?: string | null | undefined;
        groupId?: string | null | undefined;
      }
    | null
    | undefined;
  readonly orderBy?: { field?: string; direction?: string } | null | undefined;
}

const listPage = async (context: GraphqlContext, args: UserArgs): Promise<UserPage> => {
  const first = pageSize(args.first);
  const order = (args.orderBy?.field ?? 'username') as UserOrder;
  const descending = args.orderBy?.direction === 'desc';
  const list = `users ${order} ${String(descending)}`;
  const after =
    args.after == null
      ? null
      : (decodeCursor(context, list, args.after) as unknown as readonly [string, string]);
  const groupId = args.filter?.groupId == null ? null : knownId(args.filter.groupId);
  const options: UserListOptions = {
    ...everybody,
    search: args.search ?? null,
    isActive: args.filter?.isActive ?? null,
    types: args.filter?.types ?? null,
    path: args.filter?.path ?? null,
    memberOf: args.filter?.groupId == null ? null : groupId === null ? [] : [groupId],
    order,
    descending,
    after,
    limit: first + 1,
  };
  const rows = await listUsers(context.dependencies.db, options);
  const nodes = rows.slice(0, first);
  const last = nodes.at(-1);
  return {
    nodes,
    endCursor: last ? encodeCursor(context, list, [last.sort_value, last.id]) : null,
    hasNextPage: rows.length > first,
    totalCount: 0,
    totalCountExact: true,
    options,
  };
};

/** `user`, `users`. */
export const addUserQueries = (builder: Builder, users: UserTypes, types: ModelTypes): void => {
  const connection = builder.objectRef<UserPage>('UserConnection').implement({
    fields: (t) => ({
      nodes: t.field({
        complexity: countedElsewhere,
        type: [users.user],
        resolve: (page) => [...page.nodes],
      }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      totalCount: t.int({
        complexity: 10,
        resolve: (page, _args, context) => countUsers(context.dependencies.db, page.options, countCap),
      }),
      totalCountExact: t.boolean({
        complexity: 10,
        resolve: async (page, _args, context) =>
          (await countUsers(context.dependencies.db, page.options, countCap)) < countCap,
      }),
    }),
  });
  const filter = builder.inputType('UserFilter', {
    fields: (t) => ({
      isActive: t.boolean(),
      types: t.field({ type: [users.kind] }),
      path: t.string({ description: 'The folder and what lies below it.' }),
      groupId: t.id({ description: 'Direct members of this group.' }),
    }),
  });
  const order = builder.inputType('UserOrder', {
    fields: (t) => ({
      field: t.field({ type: types.nested.enumOf('UserOrderField', userOrderNames), required: true }),
      direction: t.field({ type: types.nested.enumOf('SortDirection', ['asc', 'desc']), required: true }),
    }),
  });
  builder.queryField('user', (t) =>
    t.field({
      type: users.user,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      ...demands(authenticated),
      resolve: (_root, args, context) => {
        const id = knownId(args.id);
        if (id === null) return null;
        if (!maySeeUser(context, id)) throw new DomainError('FORBIDDEN');
        return context.loaders.user.load(id);
      },
    }),
  );
  builder.queryField('users', (t) =>
    t.field({
      type: connection,
      args: {
        first: t.arg.int({ defaultValue: 20, required: true }),
        after: t.arg.string(),
        search: t.arg.string(),
        filter: t.arg({ type: filter }),
        orderBy: t.arg({ type: order }),
      },
      complexity: (args) => ({ field: 1, multiplier: Math.max(1, args.first / 10) }),
      ...demands(permission('view_user')),
      resolve: (_root, args, context) => listPage(context, args),
    }),
  );
};
