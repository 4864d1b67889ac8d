import type { OAuth2ProviderState } from './rotate-client-secret.js';

/** Where a client lives, as its registered addresses tell: origin of the first one for signing in; null when none says. */
export const launchOrigin = ({ redirectUris }: Pick<OAuth2ProviderState, 'redirectUris'>): string | null => {
  const first = redirectUris.find(
    (entry) => entry.type === 'authorization' && entry.matchingMode === 'strict',
  );
  if (!first || !URL.canParse(first.url)) return null;
  const { origin, protocol } = new URL(first.url);
  return /^https?:$/.test(protocol) ? `${origin}/` : null;
};
