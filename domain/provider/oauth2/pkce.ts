/** Proof Key for Code Exchange (RFC 7636, 4.6), in both directions. */

const verifierForm = /^[A-Za-z0-9._~-]{43,128}$/;

export type PkceVerdict = 'ok' | 'invalid_request' | 'invalid_grant';

export interface PkceChallenge {
  readonly codeChallenge: string | null;
  readonly codeChallengeMethod: 'S256' | 'plain' | null;
}

/** Holds a verifier against the challenge of the code. A verifier without challenge is a downgrade and refused too. */
export const checkVerifier = (
  { codeChallenge, codeChallengeMethod }: PkceChallenge,
  verifier: string | null,
  sha256Base64Url: (text: string) => string,
): PkceVerdict => {
  if (codeChallenge === null) return verifier === null ? 'ok' : 'invalid_grant';
  if (verifier === null) return 'invalid_grant';
  if (!verifierForm.test(verifier)) return 'invalid_request';
  const computed = codeChallengeMethod === 'S256' ? sha256Base64Url(verifier) : verifier;
  return computed === codeChallenge ? 'ok' : 'invalid_grant';
};
