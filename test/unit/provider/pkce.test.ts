import { describe, expect, it } from 'vitest';
import { identifiers } from '../../../adapters/clock/identifiers.js';
import { checkVerifier } from '../../../domain/provider/oauth2/pkce.js';

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
// The example of RFC 7636, appendix B.
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const sha256 = (text: string): string => identifiers.sha256Base64Url(text);
const none = { codeChallenge: null, codeChallengeMethod: null };
const s256 = { codeChallenge: challenge, codeChallengeMethod: 'S256' } as const;

describe('E2, CVE-2023-48228, CVE-2024-23647: challenge and verifier belong together', () => {
  it.each([
    ['neither', none, null, 'ok'],
    ['both', s256, verifier, 'ok'],
    ['challenge without verifier', s256, null, 'invalid_grant'],
    ['verifier without challenge', none, verifier, 'invalid_grant'],
    ['another verifier', s256, verifier.replace('d', 'e'), 'invalid_grant'],
    ['the challenge as verifier', s256, challenge, 'invalid_grant'],
    ['a verifier that is too short', s256, 'short', 'invalid_request'],
    ['a verifier of other characters', s256, `${verifier.slice(0, -1)}!`, 'invalid_request'],
    ['plain', { codeChallenge: verifier, codeChallengeMethod: 'plain' as const }, verifier, 'ok'],
    ['plain against S256', s256, challenge, 'invalid_grant'],
  ])('%s', (_name, stored, presented, verdict) => {
    expect(checkVerifier(stored, presented, sha256)).toBe(verdict);
  });
});
