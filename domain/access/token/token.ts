import { DomainError } from '../../kernel/errors.js';
import type { Aggregate } from '../../kernel/event.js';
import type { Id } from '../../kernel/ids.js';
import type { TokenEvent, TokenIntent } from './events.js';

export interface LiveToken {
  readonly status: 'live';
  readonly id: Id<'token'>;
  readonly userId: Id<'user'>;
  readonly intent: TokenIntent;
  readonly identifier: string;
  readonly expiresAt: string | null;
}

export type Token = { readonly status: 'absent' } | LiveToken | { readonly status: 'spent' };

export const token: Aggregate<Token, TokenEvent> = {
  category: 'token',
  initialState: { status: 'absent' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'token.created':
        return {
          status: 'live',
          id: event.data.tokenId,
          userId: event.data.userId,
          intent: event.data.intent,
          identifier: event.data.identifier,
          expiresAt: event.data.expiresAt,
        };
      case 'token.used':
        return state.status === 'live' && state.intent === 'recovery' ? { status: 'spent' } : state;
      case 'token.revoked':
        return { status: 'spent' };
      default:
        return event satisfies never;
    }
  },
};

/** `token.used`, which spends a recovery key. Throws `NOT_FOUND` for a spent, expired or foreign kind of token. */
export const useRecoveryToken = (state: Token, now: Date): TokenEvent[] => {
  if (state.status !== 'live' || state.intent !== 'recovery') throw new DomainError('NOT_FOUND');
  if (state.expiresAt !== null && new Date(state.expiresAt) <= now) throw new DomainError('NOT_FOUND');
  return [{ type: 'token.used', data: { tokenId: state.id, userId: state.userId } }];
};

/** `token.revoked`. Throws `NOT_FOUND` when there is nothing to revoke. */
export const revokeToken = (state: Token): TokenEvent[] => {
  if (state.status !== 'live') throw new DomainError('NOT_FOUND');
  return [{ type: 'token.revoked', data: { tokenId: state.id, userId: state.userId, cause: 'revoked' } }];
};
