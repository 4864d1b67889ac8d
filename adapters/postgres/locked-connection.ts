import type pg from 'pg';
import type { ConnectionOptions } from './pool.js';
import { PreparingClient, prepared } from './preparing-client.js';

/** First key of the advisory locks of lanes; the second is a hash of the lane's name. */
const lockClass = 7305;

/**
 * One connection that holds the locks of the lanes on which this process works. A process that dies loses it and them
 * at once, so that another goes on without waiting for a lease to end.
 */
export class LockedConnection {
  readonly #client: pg.Client;
  readonly #owner: string;
  readonly #lost = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  protected constructor(connection: ConnectionOptions, owner: string) {
    this.#owner = owner;
    this.#client = new PreparingClient({
      ...connection,
      application_name: 'muniment deliver',
      connectionTimeoutMillis: 2000,
      statement_timeout: 5000,
      keepAlive: true,
    });
    const onLost = (): void => {
      this.#lost.abort();
    };
    this.#client.on('error', onLost);
    this.#client.on('end', onLost);
  }

  protected async connect(): Promise<void> {
    await this.#client.connect();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * One statement after the other: lanes work at the same time and share the connection. The text of a statement never
   * varies, so that it is planned once.
   */
  protected query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const result = this.#last.then(async () => {
      this.#lost.signal.throwIfAborted();
      return (await this.#client.query<Row>(prepared(text), [...values])).rows;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }

  async take(lane: string): Promise<boolean> {
    const rows = await this.query<{ taken: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as taken',
      [lockClass, `${this.#owner} ${lane}`],
    );
    return rows[0]?.taken ?? false;
  }

  async release(lane: string): Promise<void> {
    await this.query('select pg_advisory_unlock($1, hashtext($2))', [lockClass, `${this.#owner} ${lane}`]);
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}
