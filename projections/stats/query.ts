import { sql } from 'kysely';
import type { Outcome } from '../../domain/audit/fact.js';
import type { Database } from '../projection.js';
import type { CountedAction } from './page-tally.js';
import { statsSchema, type Scope } from './table.js';

const tally = statsSchema.table('tally');
const uses = statsSchema.table('use');
const lastUses = statsSchema.table('last_use');

export interface CountQuestion {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly actions: readonly CountedAction[];
  readonly from: Date;
  readonly stepMs: number;
  readonly points: number;
}

export interface BucketCount {
  readonly action: CountedAction;
  readonly outcome: Outcome;
  /** Number of the bucket, from 0. */
  readonly n: number;
  readonly count: number;
}

/** Counts of a window by buckets of equal length; those in which nothing happened are left out. */
export const countActivity = async (
  db: Database,
  { scope, scopeId, actions, from, stepMs, points }: CountQuestion,
): Promise<readonly BucketCount[]> => {
  const to = new Date(from.getTime() + stepMs * points);
  const { rows } = await sql<BucketCount>`
    select action, outcome, floor(extract(epoch from at - ${from}::timestamptz) * 1000 / ${stepMs}::int)::int as n,
           sum(count)::int as count
      from ${tally}
     where scope = ${scope} and scope_id = ${scopeId} and at >= ${from}::timestamptz and at < ${to}::timestamptz and action = any (${actions})
     group by 1, 2, 3`.execute(db);
  return rows;
};

export interface UsedApplication {
  readonly application_id: string;
  readonly count: number;
  readonly last_used_at: Date | null;
}

/** Applications that people were let into most often since a day, by everybody or by one user. */
export const mostUsedApplications = async (
  db: Database,
  since: Date,
  userId: string | null,
  limit: number,
): Promise<readonly UsedApplication[]> => {
  const counted =
    userId === null
      ? sql`select scope_id::uuid as application_id, sum(count)::int as count from ${tally}
             where scope = 'application' and action = 'authorize_application' and outcome = 'success' and at >= ${since}
             group by 1`
      : sql`select application_id, sum(count)::int as count from ${uses}
             where user_id = ${userId} and day >= ${since}::timestamptz::date group by 1`;
  const own = userId === null ? sql`true` : sql`l.user_id = ${userId}`;
  const { rows } = await sql<UsedApplication>`
    select c.application_id, c.count,
           (select max(l.at) from ${lastUses} l where l.application_id = c.application_id and ${own}) as last_used_at
      from (${counted}) c order by c.count desc, c.application_id limit ${limit}`.execute(db);
  return rows;
};

/** When an application was last used, by everybody or by one user; null for never. */
export const lastUseOf = async (
  db: Database,
  applicationId: string,
  userId: string | null,
): Promise<Date | null> => {
  const own = userId === null ? sql`true` : sql`user_id = ${userId}`;
  const { rows } = await sql<{ at: Date }>`
    select at from ${lastUses} where application_id = ${applicationId} and ${own} order by at desc limit 1`.execute(
    db,
  );
  return rows[0]?.at ?? null;
};
