import { openText, sealText } from './aead.js';
import type { KeySource } from './key-source.js';
import { keyTexts } from './key-source.js';
import type { KeyPurpose, MasterKey } from './master-key.js';

/** Purposes whose keys digest. What they digested stands in the log for ever, so they never change. */
export const digestPurposes = [
  'vault-fingerprint',
  'digest-claim',
  'digest-identifier',
  'digest-token',
] as const satisfies readonly KeyPurpose[];
export type DigestPurpose = (typeof digestPurposes)[number];
export type SealPurpose = Exclude<KeyPurpose, DigestPurpose>;

/** A text was sealed under a master key that this process does not have. */
export class MasterKeyMissing extends Error {
  readonly keyId: string;

  constructor(keyId: string) {
    super(`The master key ${keyId} is missing.`);
    this.name = 'MasterKeyMissing';
    this.keyId = keyId;
  }
}

/**
 * The master keys of a store: one seals, all of them open. A sealed text names its key in a third part; one that names
 * none was sealed before there were several, under the founder.
 */
export class KeyRing {
  readonly #source: KeySource;
  readonly #founder: string;
  readonly #keys = new Map<string, MasterKey>();
  readonly #digests = new Map<DigestPurpose, Buffer>();
  #active: MasterKey;

  constructor(source: KeySource, founder: string, active: string) {
    this.#source = source;
    this.#founder = founder;
    this.#active = this.#find(active);
  }

  /** A ring of one key, which also digests. */
  static of(key: MasterKey): KeyRing {
    const ring = new KeyRing({ ...keyTexts([]), keys: () => [key] }, key.id, key.id);
    for (const purpose of digestPurposes) ring.setDigestKey(purpose, key.derive(purpose));
    return ring;
  }

  get active(): string {
    return this.#active.id;
  }

  get founder(): string {
    return this.#founder;
  }

  /** Seals with this key from now on. Throws `MasterKeyMissing`. */
  activate(keyId: string): void {
    this.#active = this.#find(keyId);
  }

  /** Whether a key is at hand. */
  has(keyId: string): boolean {
    try {
      this.#find(keyId);
      return true;
    } catch (error) {
      if (error instanceof MasterKeyMissing) return false;
      throw error;
    }
  }

  /** A key that arrived after the start is looked for where keys come from. */
  #find(keyId: string): MasterKey {
    if (!this.#keys.has(keyId)) for (const key of this.#source.keys()) this.#keys.set(key.id, key);
    const key = this.#keys.get(keyId);
    if (!key) throw new MasterKeyMissing(keyId);
    return key;
  }

  seal(purpose: SealPurpose, plaintext: string, additionalData: string): string {
    return `${sealText(this.#active.derive(purpose), plaintext, additionalData)}.${this.#active.id}`;
  }

  /** Throws `MasterKeyMissing`, and plainly when place or content do not fit. */
  open(purpose: SealPurpose, sealed: string, additionalData: string): string {
    return openText(
      this.#find(sealed.split('.')[2] ?? this.#founder).derive(purpose),
      sealed,
      additionalData,
    );
  }

  /** What the founder's digest keys are, for a store whose digest keys have not been kept apart yet. */
  founderDigestKey(purpose: DigestPurpose): Buffer {
    return this.#find(this.#founder).derive(purpose);
  }

  setDigestKey(purpose: DigestPurpose, key: Buffer): void {
    this.#digests.set(purpose, key);
  }

  digestKey(purpose: DigestPurpose): Buffer {
    const key = this.#digests.get(purpose);
    if (!key) throw new Error(`the digest key ${purpose} has not been loaded`);
    return key;
  }
}
