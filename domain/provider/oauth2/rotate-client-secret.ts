import { DomainError } from '../../kernel/errors.js';
import type { StateOf } from '../../kernel/model.js';
import type { ModelEvent } from '../../kernel/model-events.js';
import type { SecretRef } from '../../kernel/secret.js';
import type { oauth2Provider } from './model.js';

export type OAuth2ProviderState = StateOf<(typeof oauth2Provider)['fields']>;

const longestOverlapMs = 30 * 86_400_000;

/**
 * `provider.secret.rotated`: the new secret counts at once, the old one for `overlapMs` more (30 days at most, 0 for not
 * at all). Throws `PROVIDER_IS_PUBLIC`.
 */
export const rotateClientSecret = (
  state: OAuth2ProviderState,
  next: SecretRef,
  overlapMs: number,
  now: Date,
): ModelEvent[] => {
  if (state.clientType === 'public') throw new DomainError('PROVIDER_IS_PUBLIC');
  const overlap = Math.min(Math.max(overlapMs, 0), longestOverlapMs);
  const kept = overlap > 0 ? state.clientSecret : null;
  return [
    {
      type: 'provider.secret.rotated',
      data: {
        clientSecret: next,
        previousClientSecret: kept,
        previousClientSecretExpiresAt: kept === null ? null : new Date(now.getTime() + overlap).toISOString(),
      },
    },
  ];
};
