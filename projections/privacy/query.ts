import { sql } from 'kysely';
import { prepared } from '../prepared.js';
import type { Database } from '../projection.js';
import { privacySchema, type ErasedRow, type HoldRow } from './table.js';

const { table } = privacySchema;

/** Legal holds in force on any of the subjects, oldest first. */
export const holdsOf = async (db: Database, subjects: readonly string[]): Promise<readonly HoldRow[]> => {
  const { rows } = await sql<HoldRow>`${prepared}
    select id, subject, matter, reason, placed_at, placed_by from ${table('hold')} where subject = any (${subjects}) order by placed_at, id`.execute(
    db,
  );
  return rows;
};

/** The erasure of a subject, or null. */
export const erasureOf = async (db: Database, subject: string): Promise<ErasedRow | null> => {
  const { rows } = await sql<ErasedRow>`select * from ${table('erased')} where subject = ${subject}`.execute(
    db,
  );
  return rows[0] ?? null;
};

/** Every subject that was erased. */
export const erasedSubjects = async (db: Database): Promise<readonly string[]> => {
  const { rows } = await sql<{ subject: string }>`select subject from ${table('erased')}`.execute(db);
  return rows.map((row) => row.subject);
};

/** Everybody under a legal hold. */
export const heldSubjects = async (db: Database): Promise<readonly string[]> => {
  const { rows } = await sql<{
    subject: string;
  }>`select distinct subject from ${table('hold')} order by 1`.execute(db);
  return rows.map(({ subject }) => subject);
};
