import { z } from 'zod';
import { grant, revokeGrant } from '../../domain/access/grant/grant.js';
import { anybody } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';

/** Ends a grant with all its tokens, because its client asks for it (RFC 7009). Appends `grant.revoked`, or nothing. */
export const revokeGrantCommand = defineCommand({
  name: 'revokeGrant',
  input: z.strictObject({ grantId: z.uuid() }),
  access: anybody('the client presents a token of its own'),
  run: async (unit, { grantId }) => {
    unit.append('grant', grantId, revokeGrant(await unit.load(grant, grantId), 'revoked'));
  },
});

/** Ends a token that no grant stands behind. Appends `activity.token.revoked`. */
export const revokeMachineTokenCommand = defineCommand({
  name: 'revokeMachineToken',
  input: z.strictObject({ tokenId: z.uuid(), expiresAt: z.iso.datetime() }),
  access: anybody('the client presents a token of its own'),
  run: (unit, input) => {
    unit.record({
      type: 'activity.token.revoked',
      data: { tokenId: input.tokenId as never, expiresAt: input.expiresAt },
    });
    return Promise.resolve();
  },
});
