import { openPaths, queryField, queryFields, type QueryField } from './query-fields.js';
import { operators, operatorWords } from './query-text.js';
import { QueryError, tokensOf, type QueryToken } from './query-tokens.js';

export interface Completion {
  readonly text: string;
  readonly kind: 'field' | 'operator' | 'value' | 'connective';
}

/** What could be written at a place of a query, instead of the characters from `from` to `to`. */
export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

type State =
  | { readonly at: 'term' }
  | { readonly at: 'connective' }
  | { readonly at: 'operator' | 'negated' | 'value' | 'list'; readonly field: string };

const term: State = { at: 'term' };
const connective: State = { at: 'connective' };

const afterTerm = (token: QueryToken): State => {
  const said = token.value.toLowerCase();
  if (token.kind === 'text' || said === ')') return connective;
  if (token.kind === 'sign' || ['and', 'or', 'not'].includes(said)) return term;
  return { at: 'operator', field: token.value };
};

const afterOperator = (field: string, token: QueryToken): State => {
  const said = token.value.toLowerCase();
  if ((operators as readonly string[]).includes(said)) return { at: 'value', field };
  if (said === 'exists') return connective;
  if (said === 'not') return { at: 'negated', field };
  return (operatorWords as readonly string[]).includes(said) ? { at: 'value', field } : afterTerm(token);
};

const next = (state: State, token: QueryToken): State => {
  switch (state.at) {
    case 'term':
    case 'connective':
      return afterTerm(token);
    case 'operator':
    case 'negated':
      return afterOperator(state.field, token);
    case 'value':
      return token.value === '(' || token.value === '[' ? { at: 'list', field: state.field } : connective;
    case 'list':
      return token.value === ')' || token.value === ']' ? connective : state;
  }
};

const completion =
  (kind: Completion['kind']) =>
  (text: string): Completion => ({ text, kind });

const fieldNames = (prefix: string): Completion[] =>
  [
    ...queryFields.map(({ name }) => name),
    ...openPaths.map((path) => `${path}.`),
    // Other names are offered to those who begin to write them.
    ...(prefix === '' ? [] : queryFields.flatMap(({ aliases }) => aliases)),
  ].map(completion('field'));

const operatorsOf = (field: QueryField | null, negated: boolean): Completion[] => {
  const signs = field?.kind === 'time' ? ['<', '<=', '>', '>='] : operators;
  const words = field?.kind === 'time' ? ['exists'] : operatorWords;
  return (negated ? [...words] : [...signs, ...words, ...words.map((word) => `not ${word}`)]).map(
    completion('operator'),
  );
};

const valuesOf = (field: QueryField | null): Completion[] =>
  (field?.kind === 'time' ? ['-1h', '-24h', '-7d', '-30d', 'now'] : (field?.values ?? [])).map(
    completion('value'),
  );

const itemsAt = (state: State, prefix: string): readonly Completion[] => {
  switch (state.at) {
    case 'term':
      return [...fieldNames(prefix), completion('connective')('not')];
    case 'connective':
      return ['and', 'or'].map(completion('connective'));
    case 'operator':
    case 'negated':
      return [
        ...operatorsOf(queryField(state.field), state.at === 'negated'),
        ...(queryField(state.field) ? [] : ['and', 'or'].map(completion('connective'))),
      ];
    case 'value':
    case 'list':
      return valuesOf(queryField(state.field));
  }
};

/** The tokens before a place, up to a quote that does not end yet. */
const tokensBefore = (text: string): readonly QueryToken[] => {
  try {
    return tokensOf(text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const opened = text.slice(error.position);
    return [
      ...tokensOf(text.slice(0, error.position)),
      { kind: 'word', value: opened.slice(1), from: error.position, to: text.length },
    ];
  }
};

/** What could be written at a place of a query: fields, operators, values of closed lists, `and` and `or`. */
export const completionsAt = (text: string, cursor: number): Completions => {
  const before = text.slice(0, Math.max(0, cursor));
  const tokens = tokensBefore(before);
  const last = tokens.at(-1);
  const open = last !== undefined && last.to === before.length && last.kind === 'word' ? last : null;
  const state = (open ? tokens.slice(0, -1) : tokens).reduce(next, term);
  const prefix = open?.value.toLowerCase() ?? '';
  const items = itemsAt(state, prefix).filter((item) => item.text.toLowerCase().startsWith(prefix));
  const rest = /^[^\s()[\],=~<>!"']*/.exec(text.slice(before.length))![0].length;
  return { from: open?.from ?? before.length, to: before.length + rest, items };
};
