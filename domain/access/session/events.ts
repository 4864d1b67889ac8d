/*
 * A session: one signed-in browser, from login to logout.
 * Stream `session-<id>`. It starts once, ends once, and carries at most one impersonation at a time.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';

export const sessionEndReasons = [
  'logout',
  'expired',
  'revoked',
  'user_deactivated',
  'user_deleted',
  'password_changed',
  'replaced',
] as const;
export type SessionEndReason = (typeof sessionEndReasons)[number];

const who = { sessionId: storedId('session'), userId: storedId('user') };

export const sessionEvents = {
  'session.started': eventType(
    1,
    {
      ...who,
      /** SHA-256 of the cookie's value. */
      tokenHash: z.string(),
      authMethod: z.string(),
      authMethodArgs: z.record(z.string(), z.json()),
      amr: z.array(z.string()),
      /** The cookie outlives the browser. */
      persistent: z.boolean(),
      expiresAt: z.iso.datetime(),
    },
    { subject: 'userId', pii: ['authMethodArgs'] },
  ),
  'session.ended': eventType(1, { ...who, reason: z.enum(sessionEndReasons) }),
  'session.impersonation.started': eventType(1, {
    ...who,
    targetId: storedId('user'),
    expiresAt: z.iso.datetime(),
  }),
  'session.impersonation.ended': eventType(1, {
    ...who,
    targetId: storedId('user'),
    cause: z.enum(['stopped', 'expired', 'session_ended', 'right_lost']),
  }),
};

export type SessionEvent = EventsOf<typeof sessionEvents>;
