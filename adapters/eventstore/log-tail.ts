import type { EventStore, Logger, Sealer } from '../../commands/ports.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { openForReaders } from './open-for-readers.js';
import { wholeCommands } from './whole-commands.js';

const bufferSize = 4000;

type Listener = (events: readonly RecordedEvent[]) => void;

/**
 * This process's own tail of the log: opened events in order, handed to listeners as they appear, the newest kept in
 * memory so that read models of this process need not read them again.
 */
export class LogTail {
  readonly #store: EventStore;
  readonly #sealer: Sealer;
  readonly #log: Logger;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<Listener>();
  #buffer: RecordedEvent[] = [];
  #from: bigint;
  #position: bigint;
  #running: Promise<void> | null = null;

  constructor(store: EventStore, sealer: Sealer, log: Logger, after: bigint) {
    this.#store = store;
    this.#sealer = sealer;
    this.#log = log;
    this.#from = after;
    this.#position = after;
  }

  /** Position of the last event that every listener has seen. */
  get position(): bigint {
    return this.#position;
  }

  /** Listeners are called in the order in which they were added. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    for await (const page of this.#store.subscribe({ after: this.#position, signal: this.#abort.signal })) {
      const events = await this.#open(page);
      if (!events) return;
      this.#buffer.push(...events);
      if (this.#buffer.length > bufferSize) {
        const dropped = this.#buffer.splice(0, this.#buffer.length - bufferSize);
        this.#from = dropped.at(-1)!.position;
      }
      for (const listener of this.#listeners) this.#tell(listener, events);
      this.#position = events.at(-1)?.position ?? this.#position;
    }
  }

  /** A listener that fails over an event must keep the others from hearing of it as little as of those that follow. */
  #tell(listener: Listener, events: readonly RecordedEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      this.#log.error({ err: error }, 'a listener to the log has failed');
    }
  }

  async #open(page: Parameters<Sealer['openEvents']>[0]): Promise<readonly RecordedEvent[] | null> {
    while (!this.#abort.signal.aborted) {
      try {
        return await openForReaders(this.#sealer, page);
      } catch (error) {
        this.#log.error({ err: error }, 'events of the tail cannot be opened; trying again');
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
    return null;
  }

  /** Up to `limit` events after a position, commands whole: from memory when it reaches back far enough, else from the store. */
  async read(after: bigint, limit: number): Promise<readonly RecordedEvent[]> {
    if (after >= this.#from) {
      const start = this.#indexAfter(after);
      const page = this.#buffer.slice(start, start + limit);
      if (!page.some(({ unreadable }) => unreadable !== undefined))
        return page.length < limit ? page : wholeCommands(page);
    }
    const stored = await this.#store.readAll({ after, limit });
    return openForReaders(this.#sealer, stored.length < limit ? stored : wholeCommands(stored));
  }

  #indexAfter(position: bigint): number {
    let low = 0;
    let high = this.#buffer.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#buffer[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lets go what is kept in memory: from here on older events are read, and opened, anew. */
  forget(): void {
    this.#from = this.#buffer.at(-1)?.position ?? this.#from;
    this.#buffer = [];
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }
}
