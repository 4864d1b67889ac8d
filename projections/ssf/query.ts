import { sql } from 'kysely';
import type { SubjectChoice } from '../../domain/ssf/subject/stream-subject.js';
import type { Database } from '../projection.js';
import { ssfSchema } from './table.js';

const subjects = ssfSchema.table('subject');
const people = ssfSchema.table('person');

/** What a receiver has chosen about people in one stream; those for whom the stream's default counts are missing. */
export const subjectChoices = async (
  db: Database,
  streamId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, SubjectChoice>> => {
  const { rows } = await sql<{ user_id: string; choice: SubjectChoice }>`
    select user_id, choice from ${subjects}
     where stream_id = ${streamId} and user_id = any (${userIds}::uuid[])`.execute(db);
  return new Map(rows.map(({ user_id, choice }) => [user_id, choice]));
};

/** The user who has a number. */
export const userIdByNumber = async (db: Database, number: number): Promise<string | null> => {
  const { rows } = await sql<{ user_id: string }>`
    select user_id from ${people} where number = ${number}`.execute(db);
  return rows[0]?.user_id ?? null;
};

/** The user whose number, a hyphen and the id of the installation have this SHA-256: the `sub` that clients know by default. */
export const userIdByHash = async (db: Database, hash: string): Promise<string | null> => {
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  const { rows } = await sql<{ user_id: string }>`
    select user_id from ${people} where hash = decode(${hash}, 'hex')`.execute(db);
  return rows[0]?.user_id ?? null;
};
