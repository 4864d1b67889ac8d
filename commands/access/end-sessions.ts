import { endSession, session } from '../../domain/access/session/session.js';
import type { SessionEndReason } from '../../domain/access/session/events.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** Stages the end of all live sessions of a user, but for one that may stay. */
export const stageSessionEnds = async (
  unit: UnitOfWork,
  userId: string,
  reason: SessionEndReason,
  except: string | null = null,
): Promise<void> => {
  for (const id of await unit.ports.sessions.liveSessionsOf(userId))
    if (id !== except) unit.append('session', id, endSession(await unit.load(session, id), reason));
};
