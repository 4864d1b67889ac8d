import { sql } from 'kysely';
import type { Database } from '../projection.js';
import { auditSchema } from './table.js';

const entries = auditSchema.table('entry');

/** Position of the newest entry; 0 without one. */
export const headOfAudit = async (db: Database): Promise<bigint> => {
  const { rows } = await sql<{ position: bigint }>`
    select position from ${entries} order by position desc limit 1`.execute(db);
  return rows[0]?.position ?? 0n;
};

/** Position of the last entry before a time; 0 without one. */
export const positionBefore = async (db: Database, time: Date): Promise<bigint> => {
  const { rows } = await sql<{ position: bigint | null }>`
    select max(position) as position from ${entries} where at < ${time}
       and at >= (select max(at) from ${entries} where at < ${time}) - interval '1 minute'`.execute(db);
  return rows[0]?.position ?? 0n;
};

/** Entries behind a position and up to another, counted up to a limit, and when the first was stored. */
export const auditBacklog = async (
  db: Database,
  after: bigint,
  until: bigint | null,
  limit: number,
): Promise<{ readonly count: number; readonly oldest: Date | null }> => {
  const { rows } = await sql<{ count: number; oldest: Date | null }>`
    select count(*)::int as count, min(at) as oldest from (
      select at from ${entries} where position > ${after} ${until === null ? sql`` : sql`and position <= ${until}`}
       order by position limit ${limit}) as behind`.execute(db);
  return rows[0] ?? { count: 0, oldest: null };
};
