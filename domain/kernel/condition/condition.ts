import { z } from 'zod';
import { compareCodePoints, foldCase, isNumeric, matchesGlob } from './text-comparison.js';
import { isWellFormedPath, presentAt, scalarsAt } from './record-path.js';
import { beginsWords } from './words.js';

/** How two values stand to each other. */
export const orders = ['<', '<=', '>', '>='] as const;
export type Order = (typeof orders)[number];

/**
 * A condition over a record: the one small language of event rules, list filters and the event-log query box. It is
 * plain data, so that it can be stored, shown, compiled to SQL and to a predicate. Fields are paths into the record;
 * `[]` behind a name stands for any element of a list (`changes[].field`).
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Comparison
  /** Every word begins a word of the record, in any of the fields that are searched. */
  | { readonly search: string };

/** What is said of one field. It holds when one of the values at the path makes it hold; none does at an absent one. */
export type Comparison =
  /** One of these, letter by letter. */
  | { readonly field: string; readonly is: readonly string[] }
  /** The four ways to match a part of a text take A to Z for a to z. */
  | { readonly field: string; readonly startsWith: string }
  | { readonly field: string; readonly endsWith: string }
  | { readonly field: string; readonly contains: string }
  /** `*` stands for any text, `?` for one character. */
  | { readonly field: string; readonly matches: string }
  /** Numbers compare as numbers, times by time, other texts by their characters. */
  | { readonly field: string; readonly order: Order; readonly value: string }
  | { readonly field: string; readonly exists: true };

const name = z.string().min(1).max(100).refine(isWellFormedPath, 'write a path such as context.message');
const operand = z
  .string()
  .max(1000)
  .refine((text) => !/[\0\p{Cs}]/u.test(text), 'characters that no text holds');
const maxDepth = 8;

const conditionAt = (depth: number): z.ZodType<Condition> => {
  const leaves = [
    z.strictObject({ field: name, is: z.array(operand).min(1).max(100) }),
    z.strictObject({ field: name, startsWith: operand }),
    z.strictObject({ field: name, endsWith: operand }),
    z.strictObject({ field: name, contains: operand }),
    z.strictObject({ field: name, matches: operand }),
    z.strictObject({ field: name, order: z.enum(orders), value: operand }),
    z.strictObject({ field: name, exists: z.literal(true) }),
    z.strictObject({ search: operand }),
  ] as const;
  if (depth === 0) return z.union(leaves);
  const inner = z.lazy(() => conditionAt(depth - 1));
  return z.union([
    ...leaves,
    z.strictObject({ all: z.array(inner).max(50) }),
    z.strictObject({ any: z.array(inner).max(50) }),
    z.strictObject({ not: inner }),
  ]);
};

/** Schema of a condition: at most eight levels, fifty parts a level, a hundred values a comparison. */
export const conditionSchema = conditionAt(maxDepth);

/** The comparisons in a condition, in order. */
export const comparisonsIn = (condition: Condition): readonly Comparison[] => {
  if ('all' in condition) return condition.all.flatMap(comparisonsIn);
  if ('any' in condition) return condition.any.flatMap(comparisonsIn);
  if ('not' in condition) return comparisonsIn(condition.not);
  return 'search' in condition ? [] : [condition];
};

/** Whether a condition searches for words anywhere in it. */
export const searchesWords = (condition: Condition): boolean => {
  if ('all' in condition) return condition.all.some(searchesWords);
  if ('any' in condition) return condition.any.some(searchesWords);
  return 'not' in condition ? searchesWords(condition.not) : 'search' in condition;
};

/** Names of the fields a condition reads. */
export const fieldsOf = (condition: Condition): readonly string[] =>
  comparisonsIn(condition).map(({ field }) => field);

const stands = (order: Order, sign: number): boolean => {
  switch (order) {
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    case '>=':
      return sign >= 0;
  }
};

/** A number is never before or behind a text that is none. */
const inOrder = (value: string, order: Order, than: string): boolean => {
  if (isNumeric(than)) return isNumeric(value) && stands(order, Number(value) - Number(than));
  return stands(order, compareCodePoints(value, than));
};

const holds = (comparison: Exclude<Comparison, { exists: true }>, value: string): boolean => {
  if ('is' in comparison) return comparison.is.includes(value);
  if ('order' in comparison) return inOrder(value, comparison.order, comparison.value);
  const folded = foldCase(value);
  if ('startsWith' in comparison) return folded.startsWith(foldCase(comparison.startsWith));
  if ('endsWith' in comparison) return folded.endsWith(foldCase(comparison.endsWith));
  if ('contains' in comparison) return folded.includes(foldCase(comparison.contains));
  return matchesGlob(folded, foldCase(comparison.matches));
};

/** Whether a record meets a condition. An absent field equals no value; an empty `all` is true, an empty `any` false. */
export const meets = (condition: Condition, record: object): boolean => {
  if ('all' in condition) return condition.all.every((part) => meets(part, record));
  if ('any' in condition) return condition.any.some((part) => meets(part, record));
  if ('not' in condition) return !meets(condition.not, record);
  if ('search' in condition) return beginsWords(condition.search, record);
  if ('exists' in condition) return presentAt(record, condition.field);
  return scalarsAt(record, condition.field).some((value) => holds(condition, value));
};
