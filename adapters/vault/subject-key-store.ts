import type { Pool } from 'pg';

export interface WrappedKey {
  readonly subject: string;
  readonly version: number;
  readonly wrapped: string;
}

/**
 * Where wrapped keys live. `create` answers with all keys of the subjects: those that won when two processes create at
 * once, none for subjects that were erased.
 */
export interface SubjectKeyStore {
  load(subjects: readonly string[]): Promise<readonly WrappedKey[]>;
  create(keys: readonly WrappedKey[]): Promise<readonly WrappedKey[]>;
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
  const load = (subjects: readonly string[]): Promise<readonly WrappedKey[]> =>
    Promise.resolve([...keys.values()].filter((key) => subjects.includes(key.subject)));
  return {
    load,
    create: (drafts) => {
      for (const draft of drafts) {
        const id = `${draft.subject}|${String(draft.version)}`;
        if (!keys.has(id)) keys.set(id, draft);
      }
      return load(drafts.map((draft) => draft.subject));
    },
  };
};
