/** Tokens that the product signs, and the keys for it. */
import type { CertificateObject } from '../domain/certificate/certificate-object.js';

export interface VerifiedToken {
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a token says it is, in its header (RFC 8725, 3.11; RFC 9068, 2.1; RFC 8417, 2.3). */
export type TokenType = 'JWT' | 'at+jwt' | 'secevent+jwt';

/** Keys that the product makes: EC P-256, Ed25519, RSA. */
export const keyAlgorithms = ['ec', 'ed25519', 'rsa'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** Signs with the private keys of certificates and publishes their public halves. */
export interface TokenSigner {
  /** Compact JWS over claims (RFC 7515). Throws when the certificate has no private key. */
  sign(
    certificate: CertificateObject,
    type: TokenType,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  /** Public JWK of a certificate (RFC 7517); null when no supported algorithm uses its key. */
  publicJwk(certificate: string): Readonly<Record<string, unknown>> | null;
  algorithmOf(certificate: string): string | null;
  /** Claims of a token that one of the certificates signed; null for anything else. Times are not looked at. */
  verify(token: string, certificates: readonly string[], type: TokenType): VerifiedToken | null;
  /** Left half of the digest that belongs to the certificate's algorithm, base64url (OpenID Connect Core, 3.1.3.6). */
  halfHash(text: string): string;
  /** A new pair in a self-signed certificate, PEM. */
  generate(options: {
    readonly commonName: string;
    readonly algorithm: KeyAlgorithm;
    readonly days: number;
  }): Promise<{ readonly certificate: string; readonly privateKey: string }>;
  /** Whether certificate and key are readable PEM and belong together. */
  check(certificate: string, privateKey: string | null): 'ok' | 'bad_certificate' | 'bad_key' | 'no_pair';
}
