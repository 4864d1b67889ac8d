import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { openText, sealText } from './aead.js';
import type { MasterKey } from './master-key.js';

export interface SubjectKey {
  readonly version: number;
  readonly key: Buffer;
}

/** Where wrapped keys live. `create` answers with the key that won when two processes create at once. */
export interface SubjectKeyStore {
  load(subjects: readonly string[]): Promise<readonly WrappedKey[]>;
  create(keys: readonly WrappedKey[]): Promise<readonly WrappedKey[]>;
}

export interface WrappedKey {
  readonly subject: string;
  readonly version: number;
  readonly wrapped: string;
}

const defaultCacheSize = 10_000;

/**
 * Keys of data subjects, unwrapped on demand and remembered. What a call asked for is in its answer whatever the cache
 * has room for: a subject that is missing there was erased.
 */
export class SubjectKeys {
  readonly #store: SubjectKeyStore;
  readonly #masterKey: MasterKey;
  readonly #cacheSize: number;
  readonly #cache = new Map<string, SubjectKey>();

  constructor(store: SubjectKeyStore, masterKey: MasterKey, cacheSize = defaultCacheSize) {
    this.#store = store;
    this.#masterKey = masterKey;
    this.#cacheSize = cacheSize;
  }

  /** The keys of these subjects; erased and unknown ones have none. */
  async load(subjects: Iterable<string>): Promise<ReadonlyMap<string, SubjectKey>> {
    const keys = new Map<string, SubjectKey>();
    const missing: string[] = [];
    for (const subject of new Set(subjects)) {
      const key = this.#cache.get(subject);
      if (key) keys.set(subject, key);
      else missing.push(subject);
    }
    if (missing.length > 0) this.#unwrap(await this.#store.load(missing), keys);
    return keys;
  }

  /** The keys of these subjects; those without one get a new one. */
  async ensure(subjects: readonly string[]): Promise<ReadonlyMap<string, SubjectKey>> {
    const keys = new Map(await this.load(subjects));
    const missing = [...new Set(subjects)].filter((subject) => !keys.has(subject));
    if (missing.length === 0) return keys;
    const drafts = missing.map((subject) => ({
      subject,
      version: 1,
      wrapped: sealText(
        this.#masterKey.derive('subject-key'),
        randomBytes(32).toString('base64'),
        `${subject}|1`,
      ),
    }));
    this.#unwrap(await this.#store.create(drafts), keys);
    return keys;
  }

  /** Adds the unwrapped keys to those of the call, and to the cache, where the oldest make room. */
  #unwrap(wrappedKeys: readonly WrappedKey[], keys: Map<string, SubjectKey>): void {
    for (const { subject, version, wrapped } of wrappedKeys) {
      const key = Buffer.from(
        openText(this.#masterKey.derive('subject-key'), wrapped, `${subject}|${String(version)}`),
        'base64',
      );
      keys.set(subject, { version, key });
      if (this.#cache.size >= this.#cacheSize) this.#cache.delete(this.#cache.keys().next().value!);
      this.#cache.set(subject, { version, key });
    }
  }
}

/** Wrapped keys in Postgres. */
export const postgresSubjectKeyStore = (pool: Pool): SubjectKeyStore => {
  const load = async (subjects: readonly string[]): Promise<readonly WrappedKey[]> => {
    const { rows } = await pool.query<WrappedKey>({
      name: 'keys-load',
      text: 'select subject, version, wrapped from keys.subject_key where subject = any ($1)',
      values: [subjects],
    });
    return rows;
  };
  return {
    load,
    create: async (keys) => {
      await pool.query({
        name: 'keys-create',
        text: `insert into keys.subject_key (subject, version, wrapped)
               select subject, version, wrapped from jsonb_to_recordset($1::jsonb) as k(subject text, version integer, wrapped text)
               on conflict do nothing`,
        values: [JSON.stringify(keys)],
      });
      return load(keys.map((key) => key.subject));
    },
  };
};

/** Wrapped keys in a variable, for unit tests. */
export const memorySubjectKeyStore = (): SubjectKeyStore => {
  const keys = new Map<string, WrappedKey>();
  return {
    load: (subjects) => Promise.resolve(subjects.flatMap((subject) => keys.get(subject) ?? [])),
    create: (drafts) => {
      for (const draft of drafts) if (!keys.has(draft.subject)) keys.set(draft.subject, draft);
      return Promise.resolve(drafts.map((draft) => keys.get(draft.subject)!));
    },
  };
};
