import { z } from 'zod';
import { endSession, session } from '../../domain/access/session/session.js';
import { token, useRecoveryToken } from '../../domain/access/token/token.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { anybody } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { stageSession } from './start-session.js';

/**
 * Signs in with a recovery key, once. Appends `token.used` and `session.started`, and `session.ended` for the session that the
 * browser held before. Throws `NOT_FOUND` for an unknown, spent or expired key and for an inactive user.
 */
export const useRecoveryKeyCommand = defineCommand({
  name: 'useRecoveryKey',
  input: z.strictObject({ tokenId: id('token'), earlierSessionId: id('session').nullable() }),
  access: anybody('the key is the credential'),
  run: async (unit, { tokenId, earlierSessionId }) => {
    const state = await unit.load(token, tokenId);
    const events = useRecoveryToken(state, unit.now);
    const userId = events[0]!.data.userId;
    const owner = await unit.ports.users.byId(userId);
    if (!owner?.isActive) throw new DomainError('NOT_FOUND');
    unit.actAs({ type: 'user', id: owner.id, label: owner.username });
    unit.append('token', tokenId, events);
    if (earlierSessionId !== null)
      unit.append(
        'session',
        earlierSessionId,
        endSession(await unit.load(session, earlierSessionId), 'replaced'),
      );
    return stageSession(unit, {
      userId,
      authMethod: 'recovery_key',
      authMethodArgs: {},
      amr: [],
      durationMs: 0,
    });
  },
});
