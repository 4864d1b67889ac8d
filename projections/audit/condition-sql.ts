import { sql, type RawBuilder } from 'kysely';
import type { Comparison, Condition, Order } from '../../domain/kernel/condition/condition.js';
import { isId } from '../../domain/kernel/ids.js';
import { stepsOf, type PathStep } from '../../domain/kernel/condition/record-path.js';
import { foldCase, isNumeric } from '../../domain/kernel/condition/text-comparison.js';
import { wordsOf } from '../../domain/kernel/condition/words.js';
import { fieldColumns, type FieldColumn } from './field-columns.js';
import { searchedOfRow, wordsOfRow } from './table.js';

type Text = RawBuilder<string | null>;

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
const globToLike = (text: string): string => escapeLike(text).replaceAll('*', '%').replaceAll('?', '_');

const orderSigns: Readonly<Record<Order, RawBuilder<unknown>>> = {
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
};

/** The same pattern as that of `isNumeric`. */
const numeric = '^-?[0-9]{1,15}([.][0-9]{1,15})?$';

/** What a comparison says of a text. Null for an absent one, which counts as false. */
const textHolds = (comparison: Exclude<Comparison, { exists: true }>, text: Text): RawBuilder<unknown> => {
  if ('is' in comparison)
    return comparison.is.length === 1
      ? sql`${text} = ${comparison.is[0]}`
      : sql`${text} = any (${comparison.is}::text[])`;
  if ('order' in comparison)
    return isNumeric(comparison.value)
      ? sql`case when ${text} ~ ${numeric} then ${text}::numeric ${orderSigns[comparison.order]} ${comparison.value}::numeric end`
      : sql`${text} collate "C" ${orderSigns[comparison.order]} ${comparison.value}`;
  const pattern =
    'startsWith' in comparison
      ? `${escapeLike(comparison.startsWith)}%`
      : 'endsWith' in comparison
        ? `%${escapeLike(comparison.endsWith)}`
        : 'contains' in comparison
          ? `%${escapeLike(comparison.contains)}%`
          : globToLike(comparison.matches);
  return sql`lower(${text} collate "C") like ${foldCase(pattern)}`;
};

const scalarText = (value: RawBuilder<unknown>): Text =>
  sql`case when jsonb_typeof(${value}) in ('string', 'number', 'boolean') then ${value} #>> '{}' end`;

const asText = (column: RawBuilder<unknown>, type: string): Text =>
  type === 'text' ? (column as Text) : sql`${column}::text`;

/** Values of JSON that read as a text when they are written. */
const readingAs = (text: string): unknown[] => [
  text,
  ...(text === 'true' || text === 'false' ? [text === 'true'] : []),
  ...(text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? [Number(text)] : []),
];

const around = (steps: readonly PathStep[], value: unknown): unknown =>
  steps.reduceRight<unknown>((inner, { name, each }) => ({ [name]: each ? [inner] : inner }), value);

/** Equality as containment, which the index of the column answers. */
const contained = (column: RawBuilder<unknown>, steps: readonly PathStep[], values: readonly string[]) => {
  const wanted = values.flatMap(readingAs).map((value) => JSON.stringify(around(steps, value)));
  return sql`(${sql.join(
    wanted.map((json) => sql`${column} @> ${json}::jsonb`),
    sql` or `,
  )})`;
};

/** A comparison of what stands at a path below a value, element by element where the path goes through lists. */
const jsonHolds = (
  comparison: Comparison,
  value: RawBuilder<unknown>,
  steps: readonly PathStep[],
  depth = 0,
): RawBuilder<unknown> => {
  const list = steps.findIndex(({ each }) => each);
  const direct = list === -1 ? steps : steps.slice(0, list + 1);
  const member = direct.length === 0 ? value : sql`(${value} #> ${direct.map(({ name }) => name)}::text[])`;
  if (list === -1)
    return 'exists' in comparison
      ? sql`(${member} is not null and ${member} <> 'null'::jsonb)`
      : textHolds(comparison, scalarText(member));
  const element = sql.ref(`v${String(depth)}.value`);
  const elements = sql`jsonb_array_elements(case when jsonb_typeof(${member}) = 'array' then ${member} else '[]' end)`;
  return sql`exists (select from ${elements} as ${sql.id(`v${String(depth)}`)}(value)
    where ${jsonHolds(comparison, element, steps.slice(list + 1), depth + 1)})`;
};

const columnHolds = (comparison: Comparison, { column, type }: FieldColumn): RawBuilder<unknown> => {
  if ('exists' in comparison) return sql`${column} is not null`;
  if (type === 'uuid' && 'is' in comparison)
    return sql`${column} = any (${comparison.is.filter((value) => isId(value))}::uuid[])`;
  if (type === 'time' && 'order' in comparison)
    return sql`${column} ${orderSigns[comparison.order]} ${comparison.value}::timestamptz`;
  if (type === 'number' && 'order' in comparison && isNumeric(comparison.value))
    return sql`${column} ${orderSigns[comparison.order]} ${comparison.value}::numeric`;
  return textHolds(comparison, asText(column, type));
};

const holds = (comparison: Comparison): RawBuilder<unknown> => {
  const known = fieldColumns.get(comparison.field);
  if (known) return columnHolds(comparison, known);
  const [root, ...below] = stepsOf(comparison.field);
  const column = root?.name === 'context' ? sql`e.context` : root?.name === 'changes' ? sql`e.changes` : null;
  if (column === null || !root) return sql`false`;
  if (root.each) {
    const wrapped = sql`jsonb_build_object(${root.name}::text, ${column})`;
    return jsonHolds(comparison, wrapped, [root, ...below]);
  }
  return 'is' in comparison && below.length > 0
    ? contained(column, below, comparison.is)
    : jsonHolds(comparison, column, below);
};

/** Searches that all must be met are one, which the index answers at once. */
const withOneSearch = (parts: readonly Condition[]): readonly Condition[] => {
  const searches = parts.flatMap((part) => ('search' in part ? [part.search] : []));
  return searches.length < 2
    ? parts
    : [...parts.filter((part) => !('search' in part)), { search: searches.join(' ') }];
};

/**
 * A condition as SQL over rows `e` of the event log. Answers the same as the predicate `meets` on the same entry; what is
 * null counts as false.
 */
export const conditionSql = (condition: Condition): RawBuilder<boolean> => {
  if ('all' in condition) {
    const parts = withOneSearch(condition.all);
    return parts.length === 0 ? sql`true` : sql`(${sql.join(parts.map(conditionSql), sql` and `)})`;
  }
  if ('any' in condition)
    return condition.any.length === 0
      ? sql`false`
      : sql`(${sql.join(condition.any.map(conditionSql), sql` or `)})`;
  if ('not' in condition) return sql`(${conditionSql(condition.not)} is not true)`;
  if ('search' in condition) return searchSql(condition.search);
  return sql`${holds(condition)}`;
};

/** Every word begins a word of the entry. */
const searchSql = (search: string): RawBuilder<boolean> => {
  const words = wordsOf(search);
  if (words.length === 0) return sql`true`;
  const query = words.map((word) => `'${word.replaceAll("'", "''")}':*`).join(' & ');
  return sql`${sql.raw(wordsOfRow)} @@ ${query}::tsquery`;
};

/**
 * What must hold of a row for a condition to, and costs little to find out: texts without the letters of a word do not have the
 * word. For rows that are looked through one by one.
 */
export const letterSql = (condition: Condition): RawBuilder<boolean> => {
  if ('all' in condition)
    return condition.all.length === 0
      ? sql`true`
      : sql`(${sql.join(condition.all.map(letterSql), sql` and `)})`;
  if (!('search' in condition)) return sql`true`;
  const patterns = wordsOf(condition.search).map((word) => `%${escapeLike(word)}%`);
  return sql`lower((${sql.raw(searchedOfRow)}) collate "C") like all (${patterns}::text[])`;
};
