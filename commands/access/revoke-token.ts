import { z } from 'zod';
import { revokeToken, token, type LiveToken } from '../../domain/access/token/token.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { allows, authenticated, permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { actsForSelf, refuseWhileBlocked } from '../sink/refuse-while-blocked.js';
import type { UnitOfWork } from '../unit-of-work.js';

/**
 * Revokes a token: one's own, or with `delete_token` anybody's. Appends `token.revoked`. A token of somebody else reads
 * as `NOT_FOUND`.
 */
export const revokeTokenCommand = defineCommand({
  name: 'revokeToken',
  input: z.strictObject({ tokenId: id('token') }),
  access: authenticated,
  passesBlockade: true,
  touchesCredentials: true,
  run: async (unit, { tokenId }) => {
    const state = await unit.load(token, tokenId);
    const { rights } = unit.context;
    if (
      state.status !== 'live' ||
      (state.userId !== rights.userId && !allows(rights, permission('delete_token')))
    )
      throw new DomainError('NOT_FOUND');
    if (!actsForSelf(unit.context, state.userId)) refuseWhileBlocked(unit.ports, unit.context);
    unit.append('token', tokenId, revokeToken(state));
    releaseTokenClaim(unit, state);
    return { tokenId };
  },
});

/** Lets go the identifier of a token that is revoked. */
export const releaseTokenClaim = (unit: UnitOfWork, { id: tokenId, identifier }: LiveToken): void => {
  unit.claimIdentifier(
    'token.identifier',
    'identifier',
    { category: 'token', id: tokenId },
    null,
    identifier,
  );
};
