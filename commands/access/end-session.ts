import { z } from 'zod';
import { endSession, session } from '../../domain/access/session/session.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { allows, authenticated, permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { actsForSelf, refuseWhileBlocked } from '../sink/refuse-while-blocked.js';

/**
 * Ends a session: one's own, or with `delete_session` anybody's. Appends `session.ended`. A session of somebody else
 * reads as `NOT_FOUND`.
 */
export const endSessionCommand = defineCommand({
  name: 'endSession',
  input: z.strictObject({ sessionId: id('session') }),
  access: authenticated,
  passesBlockade: true,
  run: async (unit, { sessionId }) => {
    const state = await unit.load(session, sessionId);
    const { rights } = unit.context;
    if (
      state.status !== 'live' ||
      (state.userId !== rights.userId && !allows(rights, permission('delete_session')))
    )
      throw new DomainError('NOT_FOUND');
    if (!actsForSelf(unit.context, state.userId)) refuseWhileBlocked(unit.ports, unit.context);
    unit.append('session', sessionId, endSession(state, 'revoked'));
    return { sessionId };
  },
});
