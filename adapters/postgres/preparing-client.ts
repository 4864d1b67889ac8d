import { createHash } from 'node:crypto';
import pg from 'pg';

const mark = '/* prepared */';
const names = new Map<string, string>();

const nameOf = (text: string): string => {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `q-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
};

/** The statement as this client sends it under a name; to be used where the text never varies. */
export const prepared = (text: string): string => `${mark} ${text}`;

/** What a query fails with that has waited for `query_timeout`. */
const isReadTimeout = (error: unknown): boolean =>
  error instanceof Error && error.message === 'Query read timeout';

/**
 * Sends statements that begin with the mark under a name, so that the server parses and plans them once per connection.
 * A connection that has not answered in time is closed: the next query on it would wait behind the lost one.
 */
export class PreparingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((first: unknown, ...rest: unknown[]) => {
      if (typeof first !== 'string' || !first.startsWith(mark))
        return this.#closedWhenSilent(query(first, ...rest));
      const [values, ...others] = rest;
      return this.#closedWhenSilent(query({ name: nameOf(first), text: first, values }, ...others));
    }) as pg.Client['query'];
  }

  /** Queries with a callback are those of the pool, which closes what has failed by itself. */
  #closedWhenSilent(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      if (isReadTimeout(error)) void this.end();
      throw error;
    });
  }
}
