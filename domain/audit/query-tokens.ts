/** A query that cannot be read: where, and what could stand there. */
export class QueryError extends Error {
  /** Characters before the place. */
  readonly position: number;
  readonly expected: readonly string[];

  constructor(position: number, message: string, expected: readonly string[] = []) {
    super(`${message.replace(/\.$/, '')}, at character ${String(position + 1)}.`);
    this.name = 'QueryError';
    this.position = position;
    this.expected = expected;
  }
}

export interface QueryToken {
  readonly kind: 'word' | 'text' | 'sign';
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

const space = /[ \t\r\n]+/y;
const sign = /!=|!~|<=|>=|[=~<>(),[\]]/y;
const quoted = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/sy;
/** `[]` belongs to a word: it stands behind the names of lists. */
const word = /(?:\[\]|[^\s()[\],=~<>!"'])+/y;

const at = (pattern: RegExp, text: string, position: number): RegExpExecArray | null => {
  pattern.lastIndex = position;
  return pattern.exec(text);
};

/** The words, quoted texts and signs of a query. Throws `QueryError` on a quote that does not end. */
export const tokensOf = (text: string): readonly QueryToken[] => {
  const tokens: QueryToken[] = [];
  let position = 0;
  while (position < text.length) {
    const gap = at(space, text, position);
    const match = gap ?? at(quoted, text, position) ?? at(word, text, position) ?? at(sign, text, position);
    if (!match)
      throw /["']/.test(text[position]!)
        ? new QueryError(position, 'The quote does not end', [text[position]!])
        : new QueryError(position, `${text[position]!} has no meaning here`);
    const from = position;
    position += match[0].length;
    if (gap) continue;
    const kind = /^["']/.test(match[0]) ? 'text' : at(word, text, from) ? 'word' : 'sign';
    const inner = match[1] ?? match[2];
    const value = kind === 'text' ? inner!.replace(/\\(.)/gs, '$1') : match[0];
    tokens.push({ kind, value, from, to: position });
  }
  return tokens;
};
