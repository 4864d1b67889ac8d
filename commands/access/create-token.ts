import { z } from 'zod';
import { tokenIntents } from '../../domain/access/token/events.js';
import { fieldError } from '../../domain/kernel/errors.js';
import { id } from '../../domain/kernel/ids.js';
import { authenticated, permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import type { Sealer } from '../ports.js';
import { actsForSelf } from '../sink/refuse-while-blocked.js';

const keyBytes = 45;

/** Digest under which a token's key is known; the key itself is stored nowhere. */
export const tokenKeyHash = (sealer: Sealer, key: string): string => sealer.digest('token', 'key', key);

/**
 * Creates a token for oneself, or with `add_token` for somebody else. Appends `token.created`. The key is part of the
 * answer, once. People need a login of the last five minutes. Throws `STALE_AUTHENTICATION`, `NOT_FOUND` on userId, `CLAIM_TAKEN` on identifier, `CREDENTIALS_PROTECTED`.
 */
export const createTokenCommand = defineCommand({
  name: 'createToken',
  input: z.strictObject({
    tokenId: z.exactOptional(id('token')),
    userId: id('user'),
    intent: z.enum(tokenIntents).default('api'),
    identifier: z
      .string()
      .regex(/^[-a-zA-Z0-9_.]+$/, 'Use letters, digits, dots, hyphens and underscores only.')
      .max(255),
    description: z.string().max(500).default(''),
    expiresAt: z.iso.datetime().nullable().default(null),
    /** Sets the key, for unattended installation; made by the product when left out. */
    key: z.exactOptional(z.string().min(20).max(255)),
  }),
  access: (input, rights) =>
    rights.userId === input.userId && input.intent === 'api' && input.key === undefined
      ? authenticated
      : permission('add_token'),
  touchesCredentials: true,
  passesBlockade: ({ userId }, context) => actsForSelf(context, userId),
  // A token makes none for its own holder: it would outlive its revocation.
  needsFreshLogin: ({ userId }, { rights, authenticatedAt }) =>
    rights.userId === userId || authenticatedAt !== null,
  run: async (unit, { key: given, tokenId: givenId, ...input }) => {
    if (!(await unit.ports.users.byId(input.userId))) throw fieldError('NOT_FOUND', 'userId');
    const tokenId = givenId ?? unit.ports.ids.next('token');
    const key = given ?? unit.ports.ids.randomText(keyBytes);
    unit.append('token', tokenId, [
      { type: 'token.created', data: { tokenId, ...input, keyHash: tokenKeyHash(unit.ports.sealer, key) } },
    ]);
    unit.claimIdentifier(
      'token.identifier',
      'identifier',
      { category: 'token', id: tokenId },
      input.identifier,
      null,
    );
    return { tokenId, key };
  },
});
