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

type Callback = (error: Error | null, result: unknown) => void;
type Query = (config: unknown, values: unknown, callback: Callback) => void;

/**
 * Sends statements that begin with the mark under a name, so that the server parses and plans them once per connection.
 * A connection that has not answered in time is closed: the next query on it would wait behind the lost one.
 */
export class PreparingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as Query;
    this.query = ((first: unknown, values: unknown, callback: unknown) => {
      const isPrepared = typeof first === 'string' && first.startsWith(mark);
      const asked = isPrepared ? { name: nameOf(first), text: first } : first;
      // Queries with a callback are those of the pool, which closes what has failed by itself.
      if (typeof values === 'function' || typeof callback === 'function')
        { query(asked, values, callback as Callback); return; }
      return this.#promised((answered) => {
        query(asked, values, answered);
      });
    }) as pg.Client['query'];
  }

  /**
   * A promise that the client makes itself keeps results from being collected before all of the memory is gone through;
   * until then they are moved about, which held up everybody.
   */
  async #promised(send: (answered: Callback) => void): Promise<unknown> {
    try {
      return await new Promise((resolve, reject) => {
        send((error, result) => {
          if (error) reject(error);
          else resolve(result);
        });
      });
    } catch (error) {
      if (isReadTimeout(error)) void this.end();
      // From here it leads back to who asked, not to the socket.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }
}
