import { hintKeys, issuerOf, type Client } from '../../commands/oauth2/client.js';
import type { Ports } from '../../commands/ports.js';

/** What an ID token tells that comes back to us. */
export interface IdTokenHint {
  readonly subject: string;
  readonly sid: string | null;
}

/** Reads an ID token of ours for this client, expired or not (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2); null for any other. */
export const verifyIdTokenHint = (
  { config, signer }: Pick<Ports, 'config' | 'signer'>,
  client: Client,
  token: string,
): IdTokenHint | null => {
  const keys = hintKeys(config, client).map((key) => key.values.certificate);
  const claims = signer.verify(token, keys, 'JWT')?.claims;
  const issuer = claims?.['iss'];
  if (
    !claims ||
    claims['aud'] !== client.provider.values.clientId ||
    typeof claims['sub'] !== 'string' ||
    typeof issuer !== 'string' ||
    !URL.canParse(issuer) ||
    issuerOf(client, new URL(issuer).origin) !== issuer
  )
    return null;
  return { subject: claims['sub'], sid: typeof claims['sid'] === 'string' ? claims['sid'] : null };
};
