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

/** Sends statements that begin with the mark under a name, so that the server parses and plans them once per connection. */
export class PreparingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((first: unknown, ...rest: unknown[]) => {
      if (typeof first !== 'string' || !first.startsWith(mark)) return query(first, ...rest);
      const [values, ...others] = rest;
      return query({ name: nameOf(first), text: first, values }, ...others);
    }) as pg.Client['query'];
  }
}
