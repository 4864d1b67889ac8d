import { sql, type RawBuilder } from 'kysely';
import type { Condition } from '../../domain/kernel/condition/condition.js';
import { wordsOf } from '../../domain/kernel/condition/words.js';
import type { Database } from '../projection.js';
import { conditionSql, letterSql } from './condition-sql.js';
import { auditSchema, type AuditRow } from './table.js';

const entries = auditSchema.table('entry');

/** So many of the newest entries are looked through one by one before the index of words is asked. */
const nearest = 5000;
/** With so many found among them, more are looked through, to tell how far one would have to go on like this. */
const promising = 2;
const surveyed = 20_000;
/** So many entries are looked through in the time that the index takes for frequent words. */
const readable = 110_000;
/** What is rarer further back than among the newest is found all the same. */
const margin = 1.5;
/** The entries of a word that has no more are fetched sooner than the index tells which of them have the other words. */
const rare = 2000;
/** A word is worth a trial when another is held for so many times as frequent. */
const ratio = 10;

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
  if (near.length >= promising) {
    const survey = await found(newest(surveyed));
    if (survey.length === limit) return survey;
    const wanted = Math.ceil((margin * surveyed * limit) / survey.length);
    const further = wanted > readable ? [] : await found(newest(wanted));
    if (further.length === limit) return further;
  }
  const words = await rarerOf(db, sought(condition));
  const withRare = sql`from ${entries} e where ${range} and ${conditionSql({ search: words.join(' ') })}`;
  if (words.length > 0 && (await isRare(db, withRare)))
    return found(sql`(select e.* ${withRare} offset 0) e`);
  // Put in order afterwards: how rare words are together cannot be foretold well enough to walk through everything for them.
  const { rows } = await sql<AuditRow>`
    select e.* from (select e.* from ${entries} e where ${range} and ${conditionSql(condition)} offset 0) e
     order by e.position desc limit ${limit}`.execute(db);
  return rows;
};

/** Those of several words that the planner holds for much rarer than the most frequent. */
const rarerOf = async (db: Database, words: readonly string[]): Promise<readonly string[]> => {
  const estimates: number[] = [];
  for (const word of words.length < 2 ? [] : words) estimates.push(await estimateOf(db, word));
  const most = Math.max(...estimates);
  return words.filter((_word, index) => (estimates[index] ?? Infinity) * ratio <= most);
};

/** How many entries the planner expects to have a word, by the statistics of the index. */
const estimateOf = async (db: Database, word: string): Promise<number> => {
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>`
    explain (format json) select from ${entries} e where ${conditionSql({ search: word })}`.execute(db);
  return rows[0]!['QUERY PLAN'][0].Plan['Plan Rows'];
};

const isRare = async (db: Database, found: RawBuilder<unknown>): Promise<boolean> => {
  const { rows } = await sql<{ isRare: boolean }>`
    select count(*) <= ${rare} as "isRare" from (select ${found} limit ${rare + 1}) as capped`.execute(db);
  return rows[0]!.isRare;
};
