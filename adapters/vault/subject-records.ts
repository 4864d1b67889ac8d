import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { Shredded, SubjectRecords } from '../../commands/privacy-ports.js';
import type { SubjectKeys } from './subject-keys.js';

/** Keys and secrets of data subjects in Postgres. */
export interface PostgresSubjectRecords extends SubjectRecords {
  /** Destroys again what a restored backup of the keys brought back. Returns the subjects that had keys. */
  readonly replay: (erased: readonly string[]) => Promise<readonly string[]>;
}

const destroyKeys = `
  with erased as (select unnest($1::text[]) as subject),
  noted as (insert into keys.erased_subject (subject) select subject from erased on conflict do nothing)
  delete from keys.subject_key k using erased e where k.subject = e.subject returning k.subject`;

/** Secrets of a user stand in the vault under names that begin with him. */
const destroySecrets = `
  delete from es.vault v using unnest($1::text[]) as e(subject)
   where v.ref >= 'user/' || e.subject || '/' and v.ref < 'user/' || e.subject || '0'`;

export const postgresSubjectRecords = (pool: Pool, keys: SubjectKeys): PostgresSubjectRecords => {
  const destroy = async (
    subjects: readonly string[],
  ): Promise<Shredded & { subjects: readonly string[] }> => {
    for (const subject of subjects) keys.forget(subject);
    const { rows } = await pool.query<{ subject: string }>(destroyKeys, [subjects]);
    const { rowCount } = await pool.query(destroySecrets, [subjects]);
    return { keys: rows.length, secrets: rowCount ?? 0, subjects: rows.map((row) => row.subject) };
  };
  return {
    digestOf: async (subject) => {
      const key = (await keys.load([{ subject, version: Infinity }])).get(subject);
      if (!key) return null;
      const hash = createHash('sha256');
      for (const version of [...key.versions.keys()].sort((a, b) => a - b))
        hash.update(key.versions.get(version)!);
      return hash.digest('hex');
    },
    rotate: (subject) => keys.rotate(subject),
    shred: async (subject) => {
      const { keys: destroyed, secrets } = await destroy([subject]);
      return { keys: destroyed, secrets };
    },
    visitors: async () => {
      const { rows } = await pool.query<{ subject: string }>(
        `select distinct subject from keys.subject_key where subject >= 'visitor-' and subject < 'visitor.'`,
      );
      return rows.map((row) => row.subject);
    },
    replay: async (erased) => {
      const revived: string[] = [];
      for (let at = 0; at < erased.length; at += 1000)
        revived.push(...(await destroy(erased.slice(at, at + 1000))).subjects);
      return revived;
    },
  };
};
