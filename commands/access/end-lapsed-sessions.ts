import { z } from 'zod';
import { endImpersonation, impersonationRefusal } from '../../domain/access/session/impersonation.js';
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
 * Puts on record what time has ended: sessions past their end, impersonations past theirs or without the right to
 * them. Appends `session.ended` and `session.impersonation.ended`.
 */
export const endLapsedSessionsCommand = defineCommand({
  name: 'endLapsedSessions',
  input: z.strictObject({}),
  access: permission('delete_session'),
  run: async (unit) => {
    const { ports, now } = unit;
    const expired = await ports.sessions.expired(now);
    for (const id of expired) unit.append('session', id, endSession(await unit.load(session, id), 'expired'));
    for (const running of await ports.sessions.impersonations()) {
      const cause = lapseOf(ports, running, now);
      if (cause === null || expired.includes(running.sessionId)) continue;
      const state = await unit.load(session, running.sessionId);
      unit.append('session', running.sessionId, endImpersonation(state, cause));
    }
    return null;
  },
});
