/*
 * A token: a long-lived secret text that stands for a user (API access, recovery).
 * Stream `token-<id>`. The log holds a keyed digest only; a recovery key works once.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';

export const tokenIntents = ['api', 'recovery'] as const;
export type TokenIntent = (typeof tokenIntents)[number];

const which = { tokenId: storedId('token'), userId: storedId('user') };

export const tokenEvents = {
  'token.created': eventType(
    1,
    {
      ...which,
      intent: z.enum(tokenIntents),
      identifier: z.string(),
      description: z.string(),
      keyHash: z.string(),
      expiresAt: z.iso.datetime().nullable(),
    },
    { subject: 'userId', pii: ['identifier', 'description'] },
  ),
  'token.used': eventType(1, which),
  'token.revoked': eventType(1, { ...which, cause: z.enum(['revoked', 'user_deleted']) }),
};

export type TokenEvent = EventsOf<typeof tokenEvents>;
