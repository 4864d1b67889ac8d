import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Shredded, SubjectRecords } from '../../commands/privacy-ports.js';
import type { SubjectKeys } from './subject-keys.js';

/** Keys and secrets of data subjects in Postgres. */
export interface PostgresSubjectRecords extends SubjectRecords {
  /** Destroys again what a restored backup of the keys brought back. Returns the subjects that had keys. */
  readonly replay: (erased: readonly string[]) => Promise<readonly string[]>;
}

const batchSize = 1000;

const noteErasure = `
  insert into keys.erased_subject as e (subject) select unnest($1::text[])
  on conflict (subject) do update set subject = e.subject`;
const destroyKeys = 'delete from keys.subject_key where subject = any ($1) returning subject';
/** Secrets of a user stand in the vault under names that begin with him. */
const destroySecrets = `
  delete from es.vault v using unnest($1::text[]) as e(subject)
   where v.ref >= 'user/' || e.subject || '/' and v.ref < 'user/' || e.subject || '0'`;
const countErasure = `
  update keys.erased_subject set keys = keys + $2, secrets = secrets + $3 where subject = $1 returning keys, secrets`;

/** Of two who destroy at once the second waits at the note, and finds nothing. */
const destroyOne = async (client: PoolClient, subject: string): Promise<Shredded> => {
  await client.query(noteErasure, [[subject]]);
  const keys = await client.query(destroyKeys, [[subject]]);
  const secrets = await client.query(destroySecrets, [[subject]]);
  const { rows } = await client.query<Shredded>(countErasure, [subject, keys.rowCount, secrets.rowCount]);
  return rows[0]!;
};

/** Returns the subjects whose keys were there to be destroyed. */
const destroyMany = async (client: PoolClient, subjects: readonly string[]): Promise<readonly string[]> => {
  await client.query(noteErasure, [subjects]);
  const { rows } = await client.query<{ subject: string }>(destroyKeys, [subjects]);
  await client.query(destroySecrets, [subjects]);
  return rows.map((row) => row.subject);
};

const inTransaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
};

export const postgresSubjectRecords = (
  pool: Pool,
  keys: SubjectKeys,
  backupRetentionMs: number,
): PostgresSubjectRecords => ({
  backupRetentionMs,
  digestOf: async (subject) => {
    const key = (await keys.load([{ subject, version: Infinity }])).get(subject);
    if (!key) return null;
    const hash = createHash('sha256');
    for (const version of [...key.versions.keys()].sort((a, b) => a - b))
      hash.update(key.versions.get(version)!);
    return hash.digest('hex');
  },
  rotate: (subject) => keys.rotate(subject),
  shred: (subject) => {
    keys.forget(subject);
    return inTransaction(pool, (client) => destroyOne(client, subject));
  },
  visitors: async () => {
    const { rows } = await pool.query<{ subject: string }>(
      `select distinct subject from keys.subject_key where subject >= 'visitor-' and subject < 'visitor.'`,
    );
    return rows.map((row) => row.subject);
  },
  replay: async (erased) => {
    const revived: string[] = [];
    for (let at = 0; at < erased.length; at += batchSize) {
      const subjects = erased.slice(at, at + batchSize);
      for (const subject of subjects) keys.forget(subject);
      revived.push(...(await inTransaction(pool, (client) => destroyMany(client, subjects))));
    }
    return revived;
  },
});
