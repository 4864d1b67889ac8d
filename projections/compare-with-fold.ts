import { sql } from 'kysely';
import { applyEvents, concerning } from './apply-events.js';
import { readProgress, runInSchema } from './progress.js';
import type { Database, LogReader, ProjectionGroup, SkippedEvents, Tx } from './projection.js';
import { readAhead } from './read-ahead.js';

const pageSize = 4000;

/** How one table of a read model differs from what the log folds into. */
export interface TableDifference {
  readonly table: string;
  /** Rows that the log tells and the table lacks. */
  readonly missing: number;
  /** Rows that the log does not tell. */
  readonly surplus: number;
}

export interface Comparison {
  readonly position: bigint;
  readonly rows: number;
  readonly differences: readonly TableDifference[];
}

/** Ends the transaction without a trace of what was folded. */
class Compared extends Error {
  readonly comparison: Comparison;

  constructor(comparison: Comparison) {
    super('compared');
    this.comparison = comparison;
  }
}

const compareTables = async (
  tx: Tx,
  live: string,
  fresh: string,
): Promise<Pick<Comparison, 'rows' | 'differences'>> => {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = ${live} order by 1`.execute(tx);
  const differences: TableDifference[] = [];
  let count = 0;
  for (const { name } of tables) {
    const [ours, theirs] = [sql.id(live, name), sql.id(fresh, name)];
    const { rows } = await sql<{ rows: number; missing: number; surplus: number }>`
      select (select count(*)::int from ${ours}) as rows,
        (select count(*)::int from (select to_jsonb(t) from ${theirs} t except all select to_jsonb(t) from ${ours} t) m) as missing,
        (select count(*)::int from (select to_jsonb(t) from ${ours} t except all select to_jsonb(t) from ${theirs} t) s) as surplus`.execute(
      tx,
    );
    const { rows: held, missing, surplus } = rows[0]!;
    count += held;
    if (missing + surplus > 0) differences.push({ table: name, missing, surplus });
  }
  return { rows: count, differences };
};

/**
 * Folds the log anew, up to where a group stands, and compares row by row with what is served. Everything happens in one
 * transaction that is rolled back, on one snapshot, so that it may run beside the product.
 */
export const compareWithFold = async (
  options: { readonly db: Database; readonly log: LogReader; readonly skippedEvents: SkippedEvents },
  group: ProjectionGroup,
  onProgress: (position: bigint, of: bigint) => void = () => undefined,
): Promise<Comparison> => {
  const fresh = `${group.live}_verify`;
  const skipped = await options.skippedEvents(group);
  try {
    return await options.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (tx): Promise<Comparison> => {
        const position = (await readProgress(tx, group.live))?.position ?? 0n;
        await sql`create schema ${sql.id(fresh)}`.execute(tx);
        await runInSchema(tx, fresh, group.tables);
        const handles = (type: string): boolean => group.handles(type);
        for await (const page of readAhead(options.log, {
          after: 0n,
          limit: pageSize,
          handles,
          until: position,
        })) {
          const events = page.events.filter((event) => event.position <= position);
          await applyEvents(tx, group, fresh, concerning(group, events, skipped));
          onProgress(page.position, position);
        }
        throw new Compared({ position, ...(await compareTables(tx, group.live, fresh)) });
      });
  } catch (error) {
    if (error instanceof Compared) return error.comparison;
    throw error;
  }
};
