import { readPastUser } from '../../../commands/history/read-past-user.js';
import type { ConfigView } from '../../../domain/kernel/config-view.js';
import type { Id } from '../../../domain/kernel/ids.js';
import type { UserWithGroups } from '../../../projections/directory/query.js';
import { lastLoginAt, membershipsAt } from '../../../projections/history/query.js';
import type { GraphqlContext } from '../context.js';
import { ofPast } from './past-views.js';

/** The row of a user as it was at a position; null when he did not exist then. */
export const pastUser = async (
  context: GraphqlContext,
  id: string,
  position: bigint,
): Promise<UserWithGroups | null> => {
  const { ports, db } = context.dependencies;
  const past = await readPastUser(ports, id, position);
  if (!past) return null;
  const { isActive, ...state } = past.state;
  const row: UserWithGroups = {
    ...state,
    is_active: isActive,
    group_ids: (await membershipsAt(db, position, { userId: id })).map(
      ({ groupId }) => groupId as Id<'group'>,
    ),
    last_login: await lastLoginAt(db, id, position),
    password_changed_at: past.passwordChangedAt?.toISOString() ?? null,
    created_at: past.createdAt.toISOString(),
    changed_at: past.changedAt.toISOString(),
    revision: past.revision,
    position: Number(past.position),
    cutoff: 0,
    cutoff_spares: null,
    username_key: '',
    email_key: '',
    upn_key: null,
    search: '',
  };
  return ofPast(row, await context.loaders.past.at(position));
};

/** Direct members of some groups in a past. */
export const pastMemberIds = async (
  context: GraphqlContext,
  past: ConfigView,
  groupIds: readonly string[],
): Promise<readonly string[]> => {
  const found = await Promise.all(
    groupIds.map((groupId) => membershipsAt(context.dependencies.db, past.position, { groupId })),
  );
  return [...new Set(found.flat().map(({ userId }) => userId))].sort();
};
