import { createHash, sign as signBytes, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { EventStore, Sealer } from '../../commands/ports.js';
import type { KeyAlgorithm, TokenSigner, TokenType, VerifiedToken } from '../../commands/signing-ports.js';
import type { Secret } from '../../domain/kernel/secret.js';
import { belongsTo, certificateFromPem, privateKeyFromPem } from './key-from-pem.js';
import { publicKeyOf, type PublicKey } from './public-key.js';

const signInPool = promisify(
  signBytes as (
    algorithm: string,
    data: Buffer,
    key: KeyObject,
    done: (error: Error | null, signature: Buffer) => void,
  ) => void,
);

interface HotKey {
  readonly private: KeyObject;
  readonly public: PublicKey;
  /** Encoded headers by type, which never change for a key. */
  readonly headers: Map<string, string>;
}

interface Certificate {
  readonly id: string;
  readonly values: {
    readonly certificate: string;
    readonly privateKey: { readonly ref: string; readonly version: number } | null;
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signature = (key: HotKey, data: Buffer): Buffer | Promise<Buffer> => {
  switch (key.public.algorithm) {
    case 'EdDSA':
      return signBytes(null, data, key.private);
    case 'ES256':
      return signBytes('sha256', data, { key: key.private, dsaEncoding: 'ieee-p1363' });
    case 'RS256':
      return signInPool('sha256', data, key.private);
  }
};

const isSigned = ({ algorithm, key }: PublicKey, data: Buffer, given: Buffer): boolean => {
  switch (algorithm) {
    case 'EdDSA':
      return verifyBytes(null, data, key, given);
    case 'ES256':
      return verifyBytes('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, given);
    case 'RS256':
      return verifyBytes('sha256', data, key, given);
  }
};

/** Signs with `node:crypto`; each active key is opened once and kept. Elliptic keys sign at once, RS256 in the thread pool. */
export class VaultTokenSigner implements TokenSigner {
  readonly #store: EventStore;
  readonly #sealer: Sealer;
  readonly #keys = new Map<string, Promise<HotKey>>();
  readonly #public = new Map<string, PublicKey | null>();

  constructor(store: EventStore, sealer: Sealer) {
    this.#store = store;
    this.#sealer = sealer;
  }

  async sign(
    certificate: Certificate,
    type: TokenType,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const key = await this.#hotKey(certificate);
    let header = key.headers.get(type);
    if (header === undefined) {
      header = encode({ alg: key.public.algorithm, typ: type, kid: key.public.kid });
      key.headers.set(type, header);
    }
    const input = `${header}.${encode(claims)}`;
    const signed = await signature(key, Buffer.from(input));
    return `${input}.${signed.toString('base64url')}`;
  }

  #hotKey(certificate: Certificate): Promise<HotKey> {
    const reference = certificate.values.privateKey;
    if (reference === null) return Promise.reject(new Error('the certificate has no private key'));
    const name = `${reference.ref} ${String(reference.version)} ${certificate.values.certificate}`;
    const known = this.#keys.get(name);
    if (known) return known;
    const loading = this.#load(certificate, reference);
    this.#keys.set(name, loading);
    loading.catch(() => this.#keys.delete(name));
    return loading;
  }

  async #load(
    certificate: Certificate,
    reference: { readonly ref: string; readonly version: number },
  ): Promise<HotKey> {
    const entry = await this.#store.readVault(reference.ref, reference.version);
    if (!entry) throw new Error('the vault does not hold the private key');
    const secret: Secret = this.#sealer.openSecret(entry);
    const key = privateKeyFromPem(secret.reveal());
    const published = this.#publicKey(certificate.values.certificate);
    if (!key || !published) throw new Error('the key of the certificate cannot sign');
    return { private: key, public: published, headers: new Map() };
  }

  #publicKey(pem: string): PublicKey | null {
    const known = this.#public.get(pem);
    if (known !== undefined) return known;
    const certificate = certificateFromPem(pem);
    const published = certificate && publicKeyOf(certificate);
    this.#public.set(pem, published);
    return published;
  }

  publicJwk(pem: string): Readonly<Record<string, unknown>> | null {
    return this.#publicKey(pem)?.jwk ?? null;
  }

  algorithmOf(pem: string): string | null {
    return this.#publicKey(pem)?.algorithm ?? null;
  }

  verify(token: string, certificates: readonly string[], type: TokenType): VerifiedToken | null {
    const [encodedHeader, encodedClaims, encodedSignature, ...rest] = token.split('.');
    if (
      encodedHeader === undefined ||
      encodedClaims === undefined ||
      encodedSignature === undefined ||
      rest.length > 0
    )
      return null;
    const header = decode(encodedHeader);
    // Type, algorithm and key are pinned by configuration; nothing in the header chooses them (RFC 8725, 3.1, 3.11).
    if (header?.['typ'] !== type || header['crit'] !== undefined) return null;
    const key = certificates
      .map((pem) => this.#publicKey(pem))
      .find((candidate) => candidate?.kid === header['kid']);
    if (!key || header['alg'] !== key.algorithm) return null;
    const given = Buffer.from(encodedSignature, 'base64url');
    // Base64 can write the same bytes in several ways: only the canonical one is a token.
    if (given.toString('base64url') !== encodedSignature) return null;
    if (!isSigned(key, Buffer.from(`${encodedHeader}.${encodedClaims}`), given)) return null;
    const claims = decode(encodedClaims);
    return claims && { claims };
  }

  halfHash(text: string): string {
    return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
  }

  async generate(options: {
    readonly commonName: string;
    readonly algorithm: KeyAlgorithm;
    readonly days: number;
  }): Promise<{ certificate: string; privateKey: string }> {
    // The certificate library is large: it is loaded only when there is something to make.
    const { createSelfSigned } = await import('../tls/self-signed.js');
    return createSelfSigned({
      commonName: options.commonName,
      days: options.days,
      use: 'signing',
      algorithm: options.algorithm,
    });
  }

  check(certificate: string, privateKey: string | null): 'ok' | 'bad_certificate' | 'bad_key' | 'no_pair' {
    const parsed = certificateFromPem(certificate);
    if (!parsed) return 'bad_certificate';
    if (privateKey === null) return 'ok';
    const key = privateKeyFromPem(privateKey);
    if (!key) return 'bad_key';
    return belongsTo(parsed, key) ? 'ok' : 'no_pair';
  }
}

const decode = (part: string): Record<string, unknown> | null => {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};
