import { sql } from 'kysely';
import type { Trimming } from '../../domain/audit/retention.js';
import type { Database } from '../projection.js';
import { trimmed } from './remove-entries.js';
import { auditSchema } from './table.js';

/** Whether there is an entry that a trimming would take out. */
export const holdsTrimmable = async (db: Database, trimming: Trimming): Promise<boolean> => {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from ${auditSchema.table('entry')} where ${trimmed(trimming)}) as found`.execute(
    db,
  );
  return rows[0]!.found;
};
