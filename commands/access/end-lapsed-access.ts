import { z } from 'zod';
import { endImpersonation, impersonationRefusal } from '../../domain/access/session/impersonation.js';
import { grant, revokeGrant } from '../../domain/access/grant/grant.js';
import { endSession, session } from '../../domain/access/session/session.js';
import { groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { Ports, RunningImpersonation } from '../ports.js';

/** Why an impersonation does not count any more, or null. Requests look at the same things, each time. */
const lapseOf = (
  { config }: Pick<Ports, 'config'>,
  { administrator, target, expiresAt }: RunningImpersonation,
  now: Date,
): 'expired' | 'right_lost' | null => {
  if (expiresAt <= now) return 'expired';
  const superuser = (groupIds: readonly string[]): boolean => isSuperuser(groupTree(config), groupIds);
  const rights = { userId: administrator.id, superuser: superuser(administrator.groupIds) };
  const lost =
    !target || impersonationRefusal(rights, { ...target, superuser: superuser(target.groupIds) }) !== null;
  return lost ? 'right_lost' : null;
};

/**
 * Puts on record what has ended without an event of its own: sessions past their end, sessions and grants of somebody
 * who had more than one append can end when he was signed out everywhere, impersonations past their end or without the
 * right to them. Appends `session.ended`, `grant.revoked`, `session.impersonation.ended`.
 */
export const endLapsedAccessCommand = defineCommand({
  name: 'endLapsedAccess',
  input: z.strictObject({}),
  access: permission('delete_session'),
  run: async (unit) => {
    const { ports, now } = unit;
    const lapsed = await ports.sessions.lapsed(now);
    for (const { id, reason } of lapsed)
      unit.append('session', id, endSession(await unit.load(session, id), reason));
    for (const { id, cause } of await ports.grants.lapsed())
      unit.append('grant', id, revokeGrant(await unit.load(grant, id), cause));
    for (const running of await ports.sessions.impersonations()) {
      const cause = lapseOf(ports, running, now);
      if (cause === null || lapsed.some(({ id }) => id === running.sessionId)) continue;
      const state = await unit.load(session, running.sessionId);
      unit.append('session', running.sessionId, endImpersonation(state, cause));
    }
    return null;
  },
});
