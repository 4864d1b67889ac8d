import { sql, type RawBuilder } from 'kysely';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import { wordsOf } from '../../domain/kernel/condition/words.js';
import type { Database } from '../projection.js';
import { conditionSql, letterSql } from './condition-sql.js';
import { auditSchema, type AuditRow } from './table.js';

const entries = auditSchema.table('entry');

/** So many of the newest entries are looked through one by one before the index of words is asked. */
const nearest = 3000;
/** With so many found among them, going on like this is quicker than the index. */
const frequent = 8;
/** A word that no more of them have may be rare: the index gives its entries sooner than it tells which of them have the others. */
const few = 9;
/** Unless it has more entries than this after all. */
const rare = 20_000;

/** Words that an entry must have all. */
const sought = (condition: Condition): readonly string[] => {
  if ('all' in condition) return condition.all.flatMap(sought);
  return 'search' in condition ? wordsOf(condition.search) : [];
};

/**
 * The newest entries of a range under a condition that searches for words. The index of words gives all entries with a word
 * before they can be put in order: words that are in many are found sooner by reading the newest. Of words that are in few
 * and in many, the index is asked for the former.
 */
export const searchByWords = async (
  db: Database,
  condition: Condition,
  range: RawBuilder<unknown>,
  limit: number,
): Promise<readonly AuditRow[]> => {
  const newest = (count: number): RawBuilder<unknown> =>
    sql`(select e.* from ${entries} e where ${range} order by e.position desc limit ${count}) e`;
  const found = async (among: RawBuilder<unknown>): Promise<readonly AuditRow[]> => {
    const { rows } = await sql<AuditRow>`
      select e.* from ${among} where ${letterSql(condition)} and ${conditionSql(condition)}
       order by e.position desc limit ${limit}`.execute(db);
    return rows;
  };
  const near = await found(newest(nearest));
  if (near.length === limit) return near;
  if (near.length >= frequent) {
    const further = await found(newest(Math.ceil((2 * nearest * limit) / near.length)));
    if (further.length === limit) return further;
  }
  const words = await fewestOf(db, sought(condition), newest(nearest));
  const withRare = sql`from ${entries} e where ${range} and ${conditionSql({ search: words.join(' ') })}`;
  if (words.length > 0 && (await isRare(db, withRare)))
    return found(sql`(select e.* ${withRare} offset 0) e`);
  // Put in order afterwards: how rare words are together cannot be foretold well enough to walk through everything for them.
  const { rows } = await sql<AuditRow>`
    select e.* from (select e.* from ${entries} e where ${range} and ${conditionSql(condition)} offset 0) e
     order by e.position desc limit ${limit}`.execute(db);
  return rows;
};

/** Those of several words that few of some entries have; none when it is so of all, or when there is only one. */
const fewestOf = async (
  db: Database,
  words: readonly string[],
  among: RawBuilder<unknown>,
): Promise<readonly string[]> => {
  if (words.length < 2) return [];
  const counts = words.map((word) => sql`(count(*) filter (where ${letterSql({ search: word })}))::int`);
  const { rows } = await sql<{ counts: readonly number[] }>`
    select array[${sql.join(counts)}] as counts from ${among}`.execute(db);
  const fewest = words.filter((_word, index) => rows[0]!.counts[index]! <= few);
  return fewest.length < words.length ? fewest : [];
};

const isRare = async (db: Database, found: RawBuilder<unknown>): Promise<boolean> => {
  const { rows } = await sql<{ isRare: boolean }>`
    select count(*) <= ${rare} as "isRare" from (select ${found} limit ${rare + 1}) as capped`.execute(db);
  return rows[0]!.isRare;
};
