import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const keyBytes = 32;

/** What the master key is stretched into: one key per purpose, so that no key does two things. */
export type KeyPurpose =
  | 'subject-key'
  | 'vault'
  | 'vault-fingerprint'
  | 'command-result'
  | 'digest-claim'
  | 'digest-identifier'
  | 'digest-token'
  | 'flow-state';

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

/** The key in a file; a new random one, readable by its owner only, when the file does not exist. */
export const masterKeyFromFile = async (path: string): Promise<MasterKey> => {
  try {
    return masterKeyFromText(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  const draft = `${path}.${String(process.pid)}`;
  await writeFile(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flush: true });
  // A link either creates the whole key or fails: two first starts cannot end up with two keys.
  await link(draft, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return masterKeyFromText(await readFile(path, 'utf8'));
};
