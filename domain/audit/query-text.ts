import {
  conditionSchema,
  type Comparison,
  type Condition,
  type Order,
} from '../kernel/condition/condition.js';
import { queryField, queryFields, type QueryField } from './query-fields.js';
import { queryTime } from './query-time.js';
import { isNumeric } from '../kernel/condition/text-comparison.js';
import { QueryError, tokensOf, type QueryToken } from './query-tokens.js';

/** Signs and words that compare, without those that negate: `not` stands before a word. */
export const operators = ['=', '!=', '~', '!~', '<', '<=', '>', '>='] as const;
export const operatorWords = ['in', 'startswith', 'endswith', 'matches', 'exists'] as const;
const connectives = ['and', 'or', 'not'];

const isOperatorWord = (text: string): boolean => (operatorWords as readonly string[]).includes(text);
const isOperator = (text: string): boolean => (operators as readonly string[]).includes(text);

/** Most parts of an `and` or `or`, values of an `in`, and characters of a query. */
const maxLength = 4000;

class Reader {
  readonly #tokens: readonly QueryToken[];
  readonly #end: number;
  readonly #now: Date;
  #next = 0;

  constructor(text: string, now: Date) {
    this.#tokens = tokensOf(text);
    this.#end = text.length;
    this.#now = now;
  }

  query(): Condition {
    if (this.#tokens.length === 0) return { all: [] };
    const condition = this.#disjunction();
    if (this.#peek()) throw this.#unexpected(['and', 'or']);
    return condition;
  }

  #peek(ahead = 0): QueryToken | undefined {
    return this.#tokens[this.#next + ahead];
  }

  #position(): number {
    return this.#peek()?.from ?? this.#end;
  }

  #unexpected(expected: readonly string[]): QueryError {
    const found = this.#peek();
    return new QueryError(
      this.#position(),
      found
        ? `${found.value} was not expected; ${expected.join(', ')} could stand here`
        : `Something is missing: ${expected.join(', ')}`,
      expected,
    );
  }

  #isWord(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token?.kind === 'word' && token.value.toLowerCase() === text;
  }

  #isSign(text: string): boolean {
    const token = this.#peek();
    return token?.kind === 'sign' && token.value === text;
  }

  #takeWord(text: string): boolean {
    if (!this.#isWord(text)) return false;
    this.#next += 1;
    return true;
  }

  #takeSign(text: string): boolean {
    if (!this.#isSign(text)) return false;
    this.#next += 1;
    return true;
  }

  #disjunction(): Condition {
    const parts = [this.#conjunction()];
    while (this.#takeWord('or')) parts.push(this.#conjunction());
    return parts.length === 1 ? parts[0]! : { any: parts };
  }

  /** Terms that follow each other without a word between them must all hold. */
  #conjunction(): Condition {
    const parts = [this.#term()];
    for (;;) {
      const said = this.#takeWord('and');
      if (!said && (!this.#peek() || this.#isWord('or') || this.#isSign(')'))) break;
      parts.push(this.#term());
    }
    return parts.length === 1 ? parts[0]! : { all: parts };
  }

  #term(): Condition {
    if (this.#takeWord('not')) return { not: this.#term() };
    if (this.#takeSign('(')) {
      const inner = this.#disjunction();
      if (!this.#takeSign(')')) throw this.#unexpected([')']);
      return inner;
    }
    const token = this.#peek();
    if (
      !token ||
      token.kind === 'sign' ||
      (token.kind === 'word' && connectives.includes(token.value.toLowerCase()))
    )
      throw this.#unexpected(['a field', 'a word to search for', '(', 'not']);
    this.#next += 1;
    return token.kind === 'word' && this.#comparisonFollows()
      ? this.#comparison(token)
      : { search: token.value };
  }

  #comparisonFollows(): boolean {
    const token = this.#peek();
    if (token?.kind === 'sign') return isOperator(token.value);
    if (token?.kind !== 'word') return false;
    const ahead = this.#isWord('not') ? this.#peek(1) : token;
    return ahead?.kind === 'word' && isOperatorWord(ahead.value.toLowerCase());
  }

  #comparison(name: QueryToken): Condition {
    const field = queryField(name.value);
    if (!field)
      throw new QueryError(
        name.from,
        `There is no field ${name.value}`,
        queryFields.map((known) => known.name),
      );
    const negated = this.#takeWord('not');
    const operator = this.#peek()!;
    this.#next += 1;
    const comparison = this.#operation(field, operator);
    return negated || operator.value.startsWith('!') ? { not: comparison } : comparison;
  }

  #operation({ name, ...field }: QueryField, operator: QueryToken): Comparison {
    const said = operator.value.toLowerCase();
    if (said === 'exists') return { field: name, exists: true };
    const known = { name, ...field };
    if (field.kind === 'time' && !/^[<>]=?$/.test(said))
      throw new QueryError(operator.from, `${name} can be compared with < <= > >= only`, [
        '<',
        '<=',
        '>',
        '>=',
      ]);
    switch (said) {
      case '=':
      case '!=':
        return { field: name, is: [this.#value(known, true)] };
      case 'in':
        return { field: name, is: this.#list(known) };
      case '~':
      case '!~':
        return { field: name, contains: this.#value(known) };
      case 'startswith':
        return { field: name, startsWith: this.#value(known) };
      case 'endswith':
        return { field: name, endsWith: this.#value(known) };
      case 'matches':
        return { field: name, matches: this.#value(known) };
      default:
        return { field: name, order: said as Order, value: this.#operand(known) };
    }
  }

  #list(field: QueryField): readonly string[] {
    const close = this.#isSign('[') ? ']' : ')';
    if (!this.#takeSign('(') && !this.#takeSign('[')) throw this.#unexpected(['(', '[']);
    const values = [this.#value(field, true)];
    while (this.#takeSign(',')) values.push(this.#value(field, true));
    if (!this.#takeSign(close)) throw this.#unexpected([',', close]);
    return values;
  }

  #value(field: QueryField, whole = false): string {
    const token = this.#peek();
    if (!token || token.kind === 'sign')
      throw this.#unexpected(field.values.length > 0 ? field.values : ['a value']);
    if (whole && field.kind === 'choice' && !field.values.includes(token.value))
      throw new QueryError(token.from, `${token.value} is no ${field.name}`, field.values);
    this.#next += 1;
    return token.value;
  }

  /** What stands right of `<`: a number, a time in its stored form, or a text. */
  #operand(field: QueryField): string {
    const { from } = this.#peek() ?? { from: this.#end };
    const text = this.#value(field);
    if (field.kind === 'number' && !isNumeric(text)) throw new QueryError(from, `${text} is not a number`);
    if (field.kind !== 'time') return text;
    const time = queryTime(text, this.#now);
    if (time === null)
      throw new QueryError(from, `${text} is not a time`, [
        '2026-01-31',
        '2026-01-31T09:30:00Z',
        '-7d',
        'now',
      ]);
    return time;
  }
}

/**
 * Reads the text of the query box. `now` is what times such as `-7d` are counted from. Throws `QueryError`, which tells
 * the place and what could stand there.
 */
export const parseQuery = (text: string, now: Date): Condition => {
  if (text.length > maxLength)
    throw new QueryError(maxLength, `A query has at most ${String(maxLength)} characters`);
  const condition = new Reader(text, now).query();
  const checked = conditionSchema.safeParse(condition);
  if (!checked.success)
    throw new QueryError(0, 'The query is nested too deeply, or has too many parts or too long a value');
  return condition;
};
