import generated from '../../generated/audit.json';

/** A condition over an entry of the event log, as the server stores it. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: string; readonly is: readonly string[] }
  | { readonly field: string; readonly startsWith: string }
  | { readonly field: string; readonly contains: string };

/** Fields of an entry that a condition may name. */
export const auditFields: readonly string[] = generated.fields;

/** Values of the fields that have a closed list of them. */
export const auditValues: Readonly<Record<string, readonly string[] | undefined>> = generated.values;

export const operators = ['is', 'is_not', 'starts_with', 'contains', 'contains_not'] as const;
export type Operator = (typeof operators)[number];

/** One comparison of the editor. */
export interface Row {
  readonly field: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** What the editor shows: comparisons of which all, or any, must hold. */
export interface Rows {
  readonly mode: 'all' | 'any';
  readonly rows: readonly Row[];
}

const rowOf = (condition: Condition, negated = false): Row | null => {
  if ('not' in condition) return negated ? null : rowOf(condition.not, true);
  if ('is' in condition)
    return { field: condition.field, operator: negated ? 'is_not' : 'is', values: condition.is };
  if ('contains' in condition)
    return {
      field: condition.field,
      operator: negated ? 'contains_not' : 'contains',
      values: [condition.contains],
    };
  if ('startsWith' in condition && !negated)
    return { field: condition.field, operator: 'starts_with', values: [condition.startsWith] };
  return null;
};

/** A condition as rows; null when it is nested deeper than rows can say. */
export const rowsOf = (condition: Condition): Rows | null => {
  const mode = 'any' in condition ? 'any' : 'all';
  const parts = 'any' in condition ? condition.any : 'all' in condition ? condition.all : [condition];
  const rows = parts.map((part) => rowOf(part));
  return rows.every((row) => row !== null) ? { mode, rows } : null;
};

const partOf = ({ field, operator, values }: Row): Condition => {
  const text = values[0] ?? '';
  switch (operator) {
    case 'is':
      return { field, is: values };
    case 'is_not':
      return { not: { field, is: values } };
    case 'starts_with':
      return { field, startsWith: text };
    case 'contains':
      return { field, contains: text };
    case 'contains_not':
      return { not: { field, contains: text } };
  }
};

/** The condition that rows stand for. */
export const conditionOf = ({ mode, rows }: Rows): Condition =>
  mode === 'any' ? { any: rows.map(partOf) } : { all: rows.map(partOf) };
