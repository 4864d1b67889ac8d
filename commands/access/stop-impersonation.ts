import { z } from 'zod';
import { endImpersonation } from '../../domain/access/session/impersonation.js';
import { session } from '../../domain/access/session/session.js';
import { authenticated } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/** The administrator is himself again. Appends `session.impersonation.ended`; nothing when he is already. */
export const stopImpersonationCommand = defineCommand({
  name: 'stopImpersonation',
  input: z.strictObject({}),
  access: authenticated,
  passesBlockade: true,
  run: async (unit) => {
    const { sessionId } = unit.context;
    if (sessionId === null) return null;
    unit.append('session', sessionId, endImpersonation(await unit.load(session, sessionId), 'stopped'));
    return null;
  },
});
