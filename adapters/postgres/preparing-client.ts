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

type Answered = (error: Error | null, result?: unknown) => void;
type Query = (config: unknown, values: unknown, answered: Answered) => void;

/**
 * Sends statements that begin with the mark under a name, so that the server parses and plans them once per connection.
 *
 * Each query is given its callback from the beginning and never another one, as it would get for a promise or a time limit
 * of the client's own: what such queries read was collected only when all of the memory was gone through, and was moved
 * about until then, which held up everybody.
 */
export class PreparingClient extends pg.Client {
  /** `answerMs`: how long the answer to a query is waited for; 0 for ever. */
  constructor(config?: string | pg.ClientConfig, answerMs = 0) {
    super(config);
    const send = this.query.bind(this) as Query;
    const query: Query = (asked, values, answered) => {
      send(asked, values, answerMs === 0 ? answered : this.#inTime(answerMs, answered));
    };
    this.query = ((first: unknown, values: unknown, answered: unknown) => {
      const isPrepared = typeof first === 'string' && first.startsWith(mark);
      const asked = isPrepared ? { name: nameOf(first), text: first } : first;
      // The pool gives callbacks.
      if (typeof answered === 'function') {
        query(asked, values, answered as Answered);
        return undefined;
      }
      return promised((resolved) => {
        query(asked, values, resolved);
      });
    }) as pg.Client['query'];
  }

  /** A connection that has not answered in time is closed: the next query on it would wait behind the lost one. */
  #inTime(answerMs: number, answered: Answered): Answered {
    let told = false;
    const timer = setTimeout(() => {
      told = true;
      answered(new Error('Query read timeout'));
      void this.end();
    }, answerMs);
    return (error, result) => {
      clearTimeout(timer);
      if (!told) answered(error, result);
    };
  }
}

const promised = async (ask: (answered: Answered) => void): Promise<unknown> => {
  try {
    return await new Promise((resolve, reject) => {
      ask((error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  } catch (error) {
    // From here it leads back to who asked, not to the socket.
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  }
};
