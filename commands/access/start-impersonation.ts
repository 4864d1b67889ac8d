import { z } from 'zod';
import {
  impersonate,
  impersonationRefusal,
  startImpersonation,
} from '../../domain/access/session/impersonation.js';
import { session } from '../../domain/access/session/session.js';
import { groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { defineCommand } from '../command.js';
import { requiredReason } from '../privacy/required-reason.js';

/**
 * Lets an administrator act as somebody else in this browser, for a while. Permission `impersonate_user`, a login of
 * the last five minutes and a reason. Appends `session.impersonation.started`. Throws `FEATURE_DISABLED`,
 * `STALE_AUTHENTICATION`, `IMPERSONATION_SELF`, `IMPERSONATION_NESTED`, `IMPERSONATION_UPWARD`, `NOT_FOUND`.
 */
export const startImpersonationCommand = defineCommand({
  name: 'startImpersonation',
  input: z.strictObject({ userId: id('user') }),
  access: impersonate,
  needsFreshLogin: true,
  run: async (unit, { userId }) => {
    const { context, ports } = unit;
    if (!ports.impersonation.enabled) throw new DomainError('FEATURE_DISABLED');
    requiredReason(context);
    if (context.onBehalfOf !== null) throw new DomainError('IMPERSONATION_NESTED');
    const target = await ports.users.byId(userId);
    if (!target) throw new DomainError('NOT_FOUND');
    const superuser = isSuperuser(groupTree(ports.config), target.groupIds);
    const refusal = impersonationRefusal(context.rights, { ...target, superuser });
    if (refusal) throw new DomainError(refusal);
    const sessionId = context.sessionId ?? '';
    const state = await unit.load(session, sessionId);
    const expiresAt = new Date(unit.now.getTime() + ports.impersonation.durationMs);
    unit.append('session', sessionId, startImpersonation(state, target.id, unit.now, expiresAt));
    return { userId: target.id };
  },
});
