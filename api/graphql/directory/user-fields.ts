import { group } from '../../../domain/directory/group/model.js';
import type { Model } from '../../../domain/kernel/model.js';
import { countUsers, listUsers } from '../../../projections/directory/query.js';
import { sessionsOfUser } from '../../../projections/access/query.js';
import { groupAndDescendants, groupTree } from '../../../domain/directory/group/effective-groups.js';
import type { AuditTypes } from '../audit/entry.js';
import { listAudit } from '../audit/list.js';
import type { SessionTypes } from '../access/session.js';
import { type Builder, shortList } from '../builder.js';
import { countCap, pageSize } from '../connection.js';
import { usagesOf, type ModelTypes } from '../derive/model-types.js';
import { maySee } from '../guard.js';
import { pastMemberIds, pastUser } from '../time/past-user.js';
import { pastViewOf, viewOf } from '../time/past-views.js';
import { resolvePoint } from '../time/point-in-time.js';
import { groupsOf, type UserTypes } from './user.js';

/** Fields between users and other types: groups, sessions, history, and the members of a group. */
export const addUserFields = (
  builder: Builder,
  users: UserTypes,
  types: ModelTypes,
  audit: AuditTypes,
  sessions: SessionTypes,
): void => {
  const groupModel = group as unknown as Model;
  const groupRef = types.ofModel(groupModel);

  builder.objectField(users.user, 'groups', (t) =>
    t.field({
      type: [groupRef],
      complexity: shortList,
      resolve: (row, _args, context) => groupsOf(context, row) as never,
    }),
  );
  builder.objectField(users.user, 'sessions', (t) =>
    t.field({
      type: [sessions.session],
      complexity: { field: 20, multiplier: 2 },
      resolve: (row, _args, context) => sessionsOfUser(context.dependencies.db, row.id),
    }),
  );
  builder.objectField(users.user, 'asOf', (t) =>
    t.field({
      type: users.user,
      nullable: true,
      description:
        'The user as he was at a time, or at a position of the log; null when he did not exist. Sessions, history and usage stay those of now, and so do rights.',
      args: { at: t.arg({ type: 'DateTime' }), position: t.arg.string() },
      complexity: 20,
      resolve: async (row, args, context) =>
        pastUser(context, row.id, await resolvePoint(context, args, 'at')),
    }),
  );
  builder.objectField(users.user, 'history', (t) =>
    t.field({
      type: audit.connection,
      args: { first: t.arg.int({ defaultValue: 20, required: true }), after: t.arg.string() },
      complexity: (args) => ({ field: 1, multiplier: args.first }),
      resolve: (row, args, context) =>
        listAudit(
          context,
          {
            all: [
              { field: 'target.type', is: ['user'] },
              { field: 'target.id', is: [row.id] },
            ],
          },
          args,
        ),
    }),
  );
  builder.objectField(users.user, 'usedBy', (t) =>
    t.field({
      type: 'Int',
      description: 'How many bindings would go with this user.',
      resolve: (row, _args, context) => usagesOf(context, row).length,
    }),
  );
  builder.objectField(groupRef as typeof users.user, 'memberCount', (t) =>
    t.int({
      description: 'Direct members, counted up to 10,001.',
      complexity: 10,
      resolve: async (row, _args, context) => {
        const past = pastViewOf(row);
        return past
          ? Math.min((await pastMemberIds(context, past, [row.id])).length, countCap)
          : countUsers(context.dependencies.db, { ...everybody, memberOf: [row.id] }, countCap);
      },
    }),
  );
  builder.objectField(groupRef as typeof users.user, 'members', (t) =>
    t.field({
      type: [users.user],
      args: { first: t.arg.int({ defaultValue: 100 }), inherited: t.arg.boolean({ defaultValue: false }) },
      complexity: (args) => ({ field: 1, multiplier: Math.max(1, (args.first ?? 100) / 10) }),
      resolve: async (row, args, context) => {
        if (!maySee(context, 'user')) return [];
        const memberOf = args.inherited
          ? groupAndDescendants(groupTree(viewOf(context, row)), row.id)
          : [row.id];
        const past = pastViewOf(row);
        if (past) {
          const ids = (await pastMemberIds(context, past, memberOf)).slice(0, pageSize(args.first ?? 100));
          const members = await Promise.all(ids.map((id) => pastUser(context, id, past.position)));
          return members.filter((member) => member !== null);
        }
        return [
          ...(await listUsers(context.dependencies.db, {
            ...everybody,
            memberOf,
            limit: pageSize(args.first ?? 100),
          })),
        ];
      },
    }),
  );
};

/** List options without any condition. */
export const everybody = {
  search: null,
  isActive: null,
  types: null,
  path: null,
  memberOf: null,
  order: 'username',
  descending: false,
  after: null,
  limit: 100,
} as const;
