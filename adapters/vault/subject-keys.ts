import { randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring.js';
import type { SubjectKeyStore, WrappedKey } from './subject-key-store.js';

/** The key of a subject: the newest version seals, every version opens what it sealed. */
export interface SubjectKey {
  readonly version: number;
  readonly key: Buffer;
  readonly versions: ReadonlyMap<number, Buffer>;
}

/** A subject and the least version of its key that is asked for. */
export interface WantedKey {
  readonly subject: string;
  readonly version: number;
}

const defaultCacheSize = 10_000;
const boundTo = (subject: string, version: number): string => `${subject}|${String(version)}`;

/**
 * Keys of data subjects, unwrapped on demand and remembered. What a call asked for is in its answer whatever the cache
 * has room for: a subject that is missing there was erased.
 */
export class SubjectKeys {
  readonly #store: SubjectKeyStore;
  readonly #ring: KeyRing;
  readonly #cacheSize: number;
  readonly #cache = new Map<string, SubjectKey>();
  /** Subjects that were erased while this process runs: a look-up that was on its way must not bring the key back. */
  readonly #erased = new Set<string>();

  constructor(store: SubjectKeyStore, ring: KeyRing, cacheSize = defaultCacheSize) {
    this.#store = store;
    this.#ring = ring;
    this.#cacheSize = cacheSize;
  }

  /** The keys of these subjects; erased and unknown ones have none. */
  async load(wanted: Iterable<WantedKey>): Promise<ReadonlyMap<string, SubjectKey>> {
    const keys = new Map<string, SubjectKey>();
    const missing = new Set<string>();
    for (const { subject, version } of wanted) {
      const key = this.#cache.get(subject);
      if (key && key.version >= version) keys.set(subject, key);
      else missing.add(subject);
    }
    if (missing.size > 0) this.#unwrap(await this.#store.load([...missing]), keys);
    return keys;
  }

  /** The keys of these subjects; those without one get a new one. Erased subjects get none. */
  async ensure(subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey>> {
    const keys = new Map(await this.load(subjects.map((subject) => ({ subject, version: 1 }))));
    const missing = [...new Set(subjects)].filter((subject) => !keys.has(subject));
    if (missing.length === 0) return keys;
    this.#unwrap(await this.#store.create(missing.map((subject) => this.#draft(subject, 1))), keys);
    return keys;
  }

  /** Gives a subject a new key for what is sealed from now on. Returns its version; null for one without a key. */
  async rotate(subject: string): Promise<number | null> {
    const newest = Math.max(0, ...(await this.#store.load([subject])).map((key) => key.version));
    if (newest === 0) return null;
    this.#unwrap(await this.#store.create([this.#draft(subject, newest + 1)]), new Map());
    return newest + 1;
  }

  /** Forgets the key of a subject that was erased. */
  forget(subject: string): void {
    this.#erased.add(subject);
    this.#cache.delete(subject);
  }

  #draft(subject: string, version: number): WrappedKey {
    const key = randomBytes(32).toString('base64');
    return { subject, version, wrapped: this.#ring.seal('subject-key', key, boundTo(subject, version)) };
  }

  /** Adds the unwrapped keys to those of the call, and to the cache, where the oldest make room. */
  #unwrap(wrappedKeys: readonly WrappedKey[], keys: Map<string, SubjectKey>): void {
    const versions = new Map<string, Map<number, Buffer>>();
    for (const { subject, version, wrapped } of wrappedKeys) {
      if (this.#erased.has(subject)) continue;
      const key = Buffer.from(this.#ring.open('subject-key', wrapped, boundTo(subject, version)), 'base64');
      versions.set(subject, (versions.get(subject) ?? new Map<number, Buffer>()).set(version, key));
    }
    for (const [subject, known] of versions) {
      const version = Math.max(...known.keys());
      const key = { version, key: known.get(version)!, versions: known };
      keys.set(subject, key);
      if (this.#cache.size >= this.#cacheSize) this.#cache.delete(this.#cache.keys().next().value!);
      this.#cache.set(subject, key);
    }
  }
}
