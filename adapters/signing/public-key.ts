import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';

export type SigningAlgorithm = 'EdDSA' | 'ES256' | 'RS256';

export interface PublicKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly key: KeyObject;
  /** Public JWK with the certificate (RFC 7517). */
  readonly jwk: Readonly<Record<string, unknown>>;
}

const algorithmOf = (key: KeyObject): SigningAlgorithm | null => {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ed25519') return 'EdDSA';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    ? 'ES256'
    : null;
};

const required: Readonly<Record<SigningAlgorithm, readonly string[]>> = {
  EdDSA: ['crv', 'kty', 'x'],
  ES256: ['crv', 'kty', 'x', 'y'],
  RS256: ['e', 'kty', 'n'],
};

/** Thumbprint over the required members in their order (RFC 7638; RFC 8037, 2). */
const thumbprint = (algorithm: SigningAlgorithm, jwk: Readonly<Record<string, unknown>>): string => {
  const text = JSON.stringify(Object.fromEntries(required[algorithm].map((name) => [name, jwk[name]])));
  return createHash('sha256').update(text).digest('base64url');
};

/** What is published of a certificate's key; null for keys that no supported algorithm uses. */
export const publicKeyOf = (certificate: X509Certificate): PublicKey | null => {
  const key = certificate.publicKey;
  const algorithm = algorithmOf(key);
  if (algorithm === null) return null;
  const members = key.export({ format: 'jwk' }) as Record<string, unknown>;
  const kid = thumbprint(algorithm, members);
  return {
    kid,
    algorithm,
    key,
    jwk: {
      ...members,
      kid,
      use: 'sig',
      alg: algorithm,
      x5c: [certificate.raw.toString('base64')],
      x5t: createHash('sha1').update(certificate.raw).digest('base64url'),
      'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
    },
  };
};
