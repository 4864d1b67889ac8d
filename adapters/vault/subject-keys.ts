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

const cacheSize = 10_000;

/** Keys of data subjects, unwrapped on demand and remembered; a missing key means that the subject was erased. */
export class SubjectKeys {
  readonly #store: SubjectKeyStore;
  readonly #masterKey: MasterKey;
  readonly #cache = new Map<string, SubjectKey>();

  constructor(store: SubjectKeyStore, masterKey: MasterKey) {
    this.#store = store;
    this.#masterKey = masterKey;
  }

  known(subject: string): SubjectKey | undefined {
    return this.#cache.get(subject);
  }

  async load(subjects: Iterable<string>): Promise<void> {
    const missing = [...new Set(subjects)].filter((subject) => !this.#cache.has(subject));
    if (missing.length > 0) this.#remember(await this.#store.load(missing));
  }

  async ensure(subjects: readonly string[]): Promise<void> {
    await this.load(subjects);
    const missing = [...new Set(subjects)].filter((subject) => !this.#cache.has(subject));
    if (missing.length === 0) return;
    const drafts = missing.map((subject) => ({
      subject,
      version: 1,
      wrapped: sealText(
        this.#masterKey.derive('subject-key'),
        randomBytes(32).toString('base64'),
        `${subject}|1`,
      ),
    }));
    this.#remember(await this.#store.create(drafts));
  }

  #remember(keys: readonly WrappedKey[]): void {
    for (const { subject, version, wrapped } of keys) {
      const key = Buffer.from(
        openText(this.#masterKey.derive('subject-key'), wrapped, `${subject}|${String(version)}`),
        'base64',
      );
      if (this.#cache.size >= cacheSize) this.#cache.delete(this.#cache.keys().next().value!);
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
