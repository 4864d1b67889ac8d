import type { Comparison, Condition } from '../kernel/condition/condition.js';
import { queryField } from './query-fields.js';
import { operatorWords } from './query-text.js';

const plain = /^[\p{L}\p{N}_.:@/*?-]+$/u;
const reserved: readonly string[] = ['and', 'or', 'not', ...operatorWords];

const shown = (value: string): string =>
  plain.test(value) && !reserved.includes(value.toLowerCase())
    ? value
    : `"${value.replace(/["\\]/g, '\\$&')}"`;

const printComparison = (comparison: Comparison, negated: boolean): string => {
  const not = negated ? 'not ' : '';
  const bang = negated ? '!' : '';
  const { field } = comparison;
  if ('is' in comparison)
    return comparison.is.length === 1
      ? `${field} ${bang}= ${shown(comparison.is[0]!)}`
      : `${field} ${not}in (${comparison.is.map(shown).join(', ')})`;
  if ('contains' in comparison) return `${field} ${bang}~ ${shown(comparison.contains)}`;
  if ('startsWith' in comparison) return `${field} ${not}startswith ${shown(comparison.startsWith)}`;
  if ('endsWith' in comparison) return `${field} ${not}endswith ${shown(comparison.endsWith)}`;
  if ('matches' in comparison) return `${field} ${not}matches ${shown(comparison.matches)}`;
  if ('exists' in comparison) return `${field} ${not}exists`;
  return `${not}${field} ${comparison.order} ${shown(comparison.value)}`;
};

const join = (parts: readonly Condition[], word: 'and' | 'or', nested: boolean): string => {
  if (parts.length === 0) return word === 'and' ? 'id exists' : 'id not exists';
  const text = parts.map((part) => print(part, parts.length > 1 || nested)).join(` ${word} `);
  return nested && parts.length > 1 ? `(${text})` : text;
};

const print = (condition: Condition, nested: boolean): string => {
  if ('all' in condition) return join(condition.all, 'and', nested);
  if ('any' in condition) return join(condition.any, 'or', nested);
  if ('search' in condition) return `"${condition.search.replace(/["\\]/g, '\\$&')}"`;
  if (!('not' in condition)) return printComparison(condition, false);
  const { not } = condition;
  const leaf = !('all' in not) && !('any' in not) && !('not' in not) && !('search' in not);
  return leaf ? printComparison(not, true) : `not ${print(not, true)}`;
};

/** A condition as the text of a query that says the same. Fields that no query can name make it null. */
export const printQuery = (condition: Condition): string | null => {
  if ('all' in condition && condition.all.length === 0) return '';
  const text = print(condition, false);
  return unknownIn(condition) ? null : text;
};

const unknownIn = (condition: Condition): boolean => {
  if ('all' in condition) return condition.all.some(unknownIn);
  if ('any' in condition) return condition.any.some(unknownIn);
  if ('not' in condition) return unknownIn(condition.not);
  return 'field' in condition && queryField(condition.field) === null;
};
