import { randomUUID } from 'node:crypto';
import { jsonEvent } from '@eventstore/db-client';
import type { Pool } from 'pg';
import type {
  AppendBatch,
  AppendResult,
  CommandRecord,
  EventStore,
  StoredEvent,
  VaultEntry,
} from '../../../commands/ports.js';
import { WrongVersion } from '../../../domain/kernel/store-errors.js';
import { textsWithinLimits } from '../limits.js';
import { findCommand, readVault } from '../records.js';
import { Connection } from './connection.js';
import { toStoredEvent } from './event-shape.js';
import { Intents } from './intents.js';
import { abandonedMs, isGuard, Saga } from './saga.js';
import { StreamCache } from './stream-cache.js';
import { Streams } from './streams.js';
import { followLog } from './follow-log.js';

const sweepMs = 5000;
const pageSize = 500;
const storeStream = 'muniment-store';

/**
 * The log in EventStoreDB. Positions are commit positions: ordered, not dense. Secrets, answers of commands and work under
 * way stand in Postgres; see docs/adr/0011-eventstoredb.md.
 */
export class EventStoreDBEventStore implements EventStore {
  readonly storeId: string;
  readonly #pool: Pool;
  readonly #connection: Connection;
  readonly #streams: Streams;
  readonly #intents: Intents;
  readonly #saga: Saga;
  readonly #cache = new StreamCache();
  readonly #sweeper: NodeJS.Timeout;
  /** The last event of the product that this process knows of. */
  #newest = 0n;

  private constructor(storeId: string, connection: Connection, pool: Pool) {
    this.storeId = storeId;
    this.#pool = pool;
    this.#connection = connection;
    this.#streams = new Streams(connection);
    this.#intents = new Intents(pool);
    this.#saga = new Saga(connection, this.#streams, this.#intents);
    this.#sweeper = setInterval(() => {
      this.#saga.sweep(abandonedMs).catch(() => undefined);
    }, sweepMs).unref();
  }

  /** Connects, and finishes what an earlier process left half done. Throws `StoreUnavailable` when nobody answers. */
  static async open(url: string, pool: Pool): Promise<EventStoreDBEventStore> {
    const connection = new Connection(url);
    try {
      const store = new EventStoreDBEventStore(await readStoreId(connection), connection, pool);
      await store.#saga.sweep(0);
      return store;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async append(batch: AppendBatch): Promise<AppendResult> {
    textsWithinLimits(batch);
    const before = this.#newest;
    const isPlain =
      batch.streams.length === 1 && batch.claims.length + batch.vault.length === 0 && !batch.command;
    if (isPlain) {
      const { position, repeated } = await this.#streams.append(batch.streams[0]!);
      return this.#answer({ outcome: 'appended', position }, repeated || position <= before);
    }
    const result = await this.#saga.run(batch);
    if (result.outcome === 'repeated') return result;
    return this.#answer(result, result.position <= before);
  }

  #answer(result: AppendResult, repeated: boolean): AppendResult {
    this.#saw(result.position);
    return repeated ? { outcome: 'repeated', position: result.position, command: null } : result;
  }

  #saw(position: bigint): void {
    if (position > this.#newest) this.#newest = position;
  }

  async readStream(
    stream: string,
    options: { from?: number; limit?: number } = {},
  ): Promise<readonly StoredEvent[]> {
    const isWhole = options.from === undefined && options.limit === undefined;
    const known = isWhole ? this.#cache.get(stream) : [];
    const last = known.at(-1);
    const from = last ? last.revision + 1 : options.from;
    const read = await this.#connection.readStream(stream, {
      ...(from === undefined ? {} : { from }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    });
    const events = [...known, ...read.flatMap((event) => toStoredEvent(event) ?? [])];
    if (isWhole && read.length > 0) this.#cache.set(stream, events);
    // What a guard has let through counts when all of it is stored.
    if (isGuard(stream)) await this.#saga.untilFinished(stream);
    return events;
  }

  async readAll(options: { after: bigint; limit: number }): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    let from = options.after === 0n ? null : options.after;
    while (events.length < options.limit) {
      // The event at the position is answered once more.
      const limit = Math.max(options.limit - events.length, 20) + 1;
      const page = await this.#connection.readAll({ from, limit });
      for (const resolved of page) {
        const event = toStoredEvent(resolved);
        if (event && event.position > options.after && event.position > (events.at(-1)?.position ?? 0n))
          events.push(event);
      }
      const last = page.at(-1)?.event?.position?.commit;
      if (page.length < limit || last === undefined) break;
      from = last;
    }
    const read = events.slice(0, options.limit);
    this.#saw(read.at(-1)?.position ?? 0n);
    return read;
  }

  subscribe(options: { after: bigint; signal: AbortSignal }): AsyncIterable<readonly StoredEvent[]> {
    return followLog(this.#connection, options, pageSize);
  }

  async head(): Promise<bigint> {
    let from: bigint | null = null;
    for (let limit = 20; ; limit = pageSize) {
      const page = await this.#connection.readAll({ from, limit, backwards: true });
      for (const resolved of page) {
        if ((resolved.event?.position?.commit ?? 0n) <= this.#newest) return this.#newest;
        const event = toStoredEvent(resolved);
        if (event) {
          this.#saw(event.position);
          return event.position;
        }
      }
      if (page.length < limit) return this.#newest;
      from = page.at(-1)?.event?.position?.commit ?? null;
    }
  }

  findCommand(id: string): Promise<{ command: CommandRecord; position: bigint } | null> {
    return findCommand(this.#pool, id);
  }

  /** An event may be read before the intent it belongs to is finished: then the secret stands in there. */
  async readVault(ref: string, version: number): Promise<VaultEntry | null> {
    const stored = await readVault(this.#pool, ref, version);
    if (stored) return stored;
    for (const batch of await this.#intents.withSecret(ref, version))
      if (await this.#saga.isDecided(batch))
        return batch.vault.find((entry) => entry.ref === ref && entry.version === version) ?? null;
    return readVault(this.#pool, ref, version);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#connection.close();
  }
}

/** The log's own name, written by whoever opens it first. */
const readStoreId = async (connection: Connection): Promise<string> => {
  for (;;) {
    const [opened] = await connection.readStream(storeStream, { limit: 1 });
    if (opened?.event) return (opened.event.data as { storeId: string }).storeId;
    const event = jsonEvent({ id: randomUUID(), type: 'store.opened', data: { storeId: randomUUID() } });
    await connection.append(storeStream, 'no_stream', [event]).catch((error: unknown) => {
      if (!(error instanceof WrongVersion)) throw error;
    });
  }
};
