/*
 * A grant: what one client may do for one person after one sign-on, from the redeemed code to its last refresh token.
 * Stream `grant-<id>`. The code is redeemed as revision 0, so a second redemption cannot win; each refresh token works
 * once, and one that is used again ends the whole family (RFC 9700, 2.2.2).
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';

export const grantEnds = [
  'revoked',
  'code_reused',
  'refresh_reused',
  'user_deactivated',
  'user_deleted',
  'password_changed',
  'consent_revoked',
] as const;

const which = { grantId: storedId('grant'), userId: storedId('user') };

export const grantEvents = {
  'grant.opened': eventType(1, {
    ...which,
    providerId: storedId('provider'),
    applicationId: storedId('application'),
    sessionId: storedId('session').nullable(),
    scopes: z.array(z.string()),
    authTime: z.iso.datetime(),
    amr: z.array(z.string()),
    /** Keyed digest of the first refresh token; null when none was issued. */
    refreshHash: z.string().nullable(),
    refreshExpiresAt: z.iso.datetime().nullable(),
    /** No refresh goes beyond this. */
    endsAt: z.iso.datetime(),
  }),
  'grant.refreshed': eventType(1, {
    ...which,
    generation: z.int(),
    refreshHash: z.string(),
    refreshExpiresAt: z.iso.datetime(),
  }),
  'grant.revoked': eventType(1, { ...which, cause: z.enum(grantEnds) }),
};

export type GrantEvent = EventsOf<typeof grantEvents>;
export type GrantEnd = (typeof grantEnds)[number];
