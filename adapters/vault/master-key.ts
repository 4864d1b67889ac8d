import { createHash, hkdfSync } from 'node:crypto';

export const keyBytes = 32;

/** What the master key is stretched into: one key per purpose, so that no key does two things. */
export type KeyPurpose =
  | 'subject-key'
  | 'vault'
  | 'vault-fingerprint'
  | 'command-result'
  | 'digest-claim'
  | 'digest-identifier'
  | 'digest-token'
  | 'flow-state'
  | 'digest-key';

/** The root of all encryption of an installation. Held in memory only; never leaves this module unstretched. */
export class MasterKey {
  readonly #key: Buffer;
  readonly #derived = new Map<KeyPurpose, Buffer>();

  constructor(key: Buffer) {
    if (key.length !== keyBytes) throw new Error(`the master key must have ${String(keyBytes)} bytes`);
    this.#key = key;
  }

  /** 32 bytes for one purpose (HKDF-SHA-256, RFC 5869). */
  derive(purpose: KeyPurpose): Buffer {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(
      hkdfSync('sha256', this.#key, Buffer.alloc(0), `muniment/${purpose}/v1`, keyBytes),
    );
    this.#derived.set(purpose, key);
    return key;
  }

  /** Short name of the key: the beginning of its fingerprint. */
  get id(): string {
    return this.fingerprint.slice(0, 16);
  }

  /** Tells whether a store was written under this key, without telling anything about it. */
  get fingerprint(): string {
    const label = Buffer.from(
      hkdfSync('sha256', this.#key, Buffer.alloc(0), 'muniment/fingerprint/v1', keyBytes),
    );
    return createHash('sha256').update(label).digest('hex');
  }
}

/** Reads base64 text of 32 bytes. */
export const masterKeyFromText = (text: string): MasterKey =>
  new MasterKey(Buffer.from(text.trim(), 'base64'));
