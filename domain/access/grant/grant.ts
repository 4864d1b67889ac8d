import { DomainError } from '../../kernel/errors.js';
import type { Aggregate } from '../../kernel/event.js';
import type { Id } from '../../kernel/ids.js';
import type { GrantEnd, GrantEvent } from './events.js';

export interface LiveGrant {
  readonly status: 'live';
  readonly id: Id<'grant'>;
  readonly userId: Id<'user'>;
  readonly providerId: Id<'provider'>;
  readonly applicationId: Id<'application'>;
  readonly sessionId: Id<'session'> | null;
  readonly scopes: readonly string[];
  readonly authTime: string;
  readonly amr: readonly string[];
  /** Number of the refresh token that is valid now; 0 is the one issued with the code. */
  readonly generation: number;
  readonly refreshHash: string | null;
  readonly refreshExpiresAt: string | null;
  readonly endsAt: string;
}

export type Grant = { readonly status: 'absent' } | LiveGrant | { readonly status: 'revoked' };

export const grant: Aggregate<Grant, GrantEvent> = {
  category: 'grant',
  initialState: { status: 'absent' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'grant.opened': {
        const { grantId: id, ...data } = event.data;
        return { status: 'live', id, generation: 0, ...data };
      }
      case 'grant.refreshed':
        return state.status === 'live'
          ? {
              ...state,
              generation: event.data.generation,
              refreshHash: event.data.refreshHash,
              refreshExpiresAt: event.data.refreshExpiresAt,
            }
          : state;
      case 'grant.revoked':
        return { status: 'revoked' };
      default:
        return event satisfies never;
    }
  },
};

export type OpenedGrant = Extract<GrantEvent, { type: 'grant.opened' }>['data'];

/** `grant.opened`: the code is redeemed. Throws `ALREADY_EXISTS` the second time. */
export const openGrant = (state: Grant, opened: OpenedGrant): GrantEvent[] => {
  if (state.status !== 'absent') throw new DomainError('ALREADY_EXISTS');
  return [{ type: 'grant.opened', data: opened }];
};

export interface PresentedRefreshToken {
  readonly generation: number;
  readonly hash: string;
}

/** What a presented refresh token is worth. */
export type RefreshVerdict = 'valid' | 'reused' | 'invalid';

/**
 * Judges a refresh token. An older generation has been used before; so has none that the grant never issued, so a wrong
 * secret of the present one is merely wrong.
 */
export const judgeRefreshToken = (
  state: Grant,
  presented: PresentedRefreshToken,
  now: Date,
): RefreshVerdict => {
  if (state.status !== 'live' || state.refreshHash === null || state.refreshExpiresAt === null)
    return 'invalid';
  if (presented.generation < state.generation) return 'reused';
  if (presented.generation > state.generation || presented.hash !== state.refreshHash) return 'invalid';
  return new Date(state.refreshExpiresAt) > now && new Date(state.endsAt) > now ? 'valid' : 'invalid';
};

/** `grant.refreshed` with the digest of the token that follows; never beyond the end of the family. */
export const refreshGrant = (
  state: LiveGrant,
  next: { readonly hash: string; readonly expiresAt: Date },
): GrantEvent[] => {
  const end = new Date(state.endsAt);
  return [
    {
      type: 'grant.refreshed',
      data: {
        grantId: state.id,
        userId: state.userId,
        generation: state.generation + 1,
        refreshHash: next.hash,
        refreshExpiresAt: (next.expiresAt < end ? next.expiresAt : end).toISOString(),
      },
    },
  ];
};

/** `grant.revoked`, or nothing when there is nothing to revoke. */
export const revokeGrant = (state: Grant, cause: GrantEnd): GrantEvent[] =>
  state.status === 'live'
    ? [{ type: 'grant.revoked', data: { grantId: state.id, userId: state.userId, cause } }]
    : [];
