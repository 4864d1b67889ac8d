/** Claims of the tokens a grant gives (OpenID Connect Core 2 and 5, RFC 9068). */
import type { Json } from '../../kernel/field.js';

export const defaultAcr = 'goauthentik.io/providers/oauth2/default';

export interface TokenSubject {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tokenId: string;
  readonly authTime: number | null;
  readonly amr: readonly string[];
  readonly sid: string | null;
  /** The administrator who acts in the person's name (RFC 8693, 4.1). */
  readonly actor: string | null;
}

const login = (token: TokenSubject): Record<string, Json> => ({
  ...(token.authTime === null ? {} : { auth_time: token.authTime }),
  acr: defaultAcr,
  ...(token.amr.length > 0 ? { amr: token.amr } : {}),
  ...(token.sid === null ? {} : { sid: token.sid }),
});

/** An access token in the JWT profile. */
export const accessTokenClaims = (token: TokenSubject): Record<string, Json> => ({
  iss: token.issuer,
  sub: token.subject,
  aud: token.clientId,
  exp: token.expiresAt,
  iat: token.issuedAt,
  jti: token.tokenId,
  client_id: token.clientId,
  scope: token.scopes.join(' '),
  ...login(token),
  ...(token.actor === null ? {} : { act: { sub: token.actor } }),
});

/** An ID token. `claims`: what the mappings release, unless the provider keeps them to the userinfo endpoint. */
export const idTokenClaims = (
  token: TokenSubject,
  extra: {
    readonly nonce: string | null;
    readonly atHash: string;
    readonly claims: Readonly<Record<string, Json>>;
  },
): Record<string, Json> => ({
  ...extra.claims,
  iss: token.issuer,
  sub: token.subject,
  aud: token.clientId,
  exp: token.expiresAt,
  iat: token.issuedAt,
  ...login(token),
  ...(extra.nonce === null ? {} : { nonce: extra.nonce }),
  at_hash: extra.atHash,
  ...(token.actor === null ? {} : { act: { sub: token.actor } }),
});
