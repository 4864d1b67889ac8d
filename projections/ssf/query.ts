import { sql } from 'kysely';
import type { SubjectChoice } from '../../domain/ssf/subject/stream-subject.js';
import type { Database } from '../projection.js';
import { ssfSchema } from './table.js';

const subjects = ssfSchema.table('subject');

/** What a receiver has chosen about a person in one stream; null where the stream's default counts. */
export const subjectChoice = async (
  db: Database,
  streamId: string,
  userId: string,
): Promise<SubjectChoice | null> => {
  const { rows } = await sql<{ choice: SubjectChoice }>`
    select choice from ${subjects} where stream_id = ${streamId} and user_id = ${userId}`.execute(db);
  return rows[0]?.choice ?? null;
};
