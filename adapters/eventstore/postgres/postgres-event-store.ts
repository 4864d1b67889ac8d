import { channel } from 'node:diagnostics_channel';
import type { Pool } from 'pg';
import type {
  AppendBatch,
  AppendResult,
  CommandRecord,
  EventStore,
  StoredEvent,
  VaultEntry,
} from '../../../commands/ports.js';
import type { Notifications } from '../../postgres/notifications.js';
import { findCommand, readVault } from '../records.js';
import { wholeCommands } from '../whole-commands.js';
import { AppendQueue } from './append-queue.js';
import { Bell, logChannel } from './bell.js';

const pageSize = 500;

/** Where each append tells how long it took. */
export const appendChannel = 'muniment:append';
const appended = channel(appendChannel);

export interface Appended {
  readonly seconds: number;
}

const columns = 'position, stream, revision, id, type, version, data, meta, at, recorded_at as "recordedAt"';

/** The log in Postgres: dense positions under one advisory lock, micro-batched appends, claims and vault in the same transaction. */
export class PostgresEventStore implements EventStore {
  readonly storeId: string;
  readonly #pool: Pool;
  readonly #notifications: Notifications;
  readonly #queue: AppendQueue;

  private constructor(storeId: string, pool: Pool, notifications: Notifications) {
    this.storeId = storeId;
    this.#pool = pool;
    this.#notifications = notifications;
    this.#queue = new AppendQueue(pool);
  }

  static async open(pool: Pool, notifications: Notifications): Promise<PostgresEventStore> {
    const { rows } = await pool.query<{ storeId: string }>('select store_id as "storeId" from es.head');
    return new PostgresEventStore(rows[0]!.storeId, pool, notifications);
  }

  async append(batch: AppendBatch): Promise<AppendResult> {
    const began = performance.now();
    const result = await this.#queue.enqueue(batch);
    if (appended.hasSubscribers)
      appended.publish({ seconds: (performance.now() - began) / 1000 } satisfies Appended);
    if (result.outcome === 'appended') this.#notifications.emit(logChannel, String(result.position));
    return result;
  }

  async readStream(
    stream: string,
    options: { from?: number; limit?: number } = {},
  ): Promise<readonly StoredEvent[]> {
    const { rows } = await this.#pool.query<StoredEvent>({
      name: 'es-read-stream',
      text: `select ${columns} from es.event where stream = $1 and revision >= $2 order by revision limit $3`,
      values: [stream, options.from ?? 0, options.limit ?? null],
    });
    return rows;
  }

  async readAll(options: { after: bigint; limit: number }): Promise<readonly StoredEvent[]> {
    const { rows } = await this.#pool.query<StoredEvent>({
      name: 'es-read-all',
      text: `select ${columns} from es.event where position > $1 order by position limit $2`,
      values: [options.after, options.limit],
    });
    return rows;
  }

  async *subscribe(options: { after: bigint; signal: AbortSignal }): AsyncIterable<readonly StoredEvent[]> {
    let { after } = options;
    // Listens all the while, so that nothing that is announced during a read or a pause is missed.
    const bell = new Bell(this.#notifications);
    try {
      while (!options.signal.aborted) {
        bell.heard();
        const page = await this.readAll({ after, limit: pageSize }).catch(() => {
          // Without a database there is nothing to gain by asking at once again.
          bell.forget();
          return [];
        });
        if (page.length > 0) {
          const whole = page.length < pageSize ? page : wholeCommands(page);
          after = whole.at(-1)!.position;
          yield whole;
        }
        if (page.length < pageSize) await bell.rings(after, options.signal);
      }
    } finally {
      bell.close();
    }
  }

  async head(): Promise<bigint> {
    const { rows } = await this.#pool.query<{ position: bigint }>('select position from es.head');
    return rows[0]!.position;
  }

  findCommand(id: string): Promise<{ command: CommandRecord; position: bigint } | null> {
    return findCommand(this.#pool, id);
  }

  readVault(ref: string, version: number): Promise<VaultEntry | null> {
    return readVault(this.#pool, ref, version);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
