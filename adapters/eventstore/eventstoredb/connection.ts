import {
  END,
  START,
  type EventData,
  type EventStoreDBClient,
  type ResolvedEvent,
} from '@eventstore/db-client';
import {
  OutcomeUnknown,
  StoreUnavailable,
  TooLarge,
  WrongVersion,
} from '../../../domain/kernel/store-errors.js';
import { createClient, discardClient } from './client.js';

/** The client has no deadline of its own for batches, and none for reads. */
const deadlineMs = 5000;
const readAgainMs = 1500;
/**
 * The client writes at most sixteen messages before it waits, and loses track of those that wait when the connection
 * breaks: it is never given that many.
 */
const appendsAtOnce = 15;
/** Sent along as an absolute time: a generous one bears any difference between the clocks. */
const sentDeadlineMs = 24 * 60 * 60 * 1000;

export type Expected = bigint | 'no_stream' | 'any';

export interface Appended {
  readonly revision: number;
  /** Null when the server does not say, which it need not for events that it has already. */
  readonly position: bigint | null;
}

/** After these the client has a new connection, or needs none. */
const settledByClient = new Set(['unavailable', 'cancelled', 'not-leader', 'access-denied']);

const typeOf = (error: unknown): string => {
  const { type, code } = error as { type?: unknown; code?: unknown };
  if (typeof type === 'string') return type;
  return code === 14 ? 'unavailable' : code === 1 ? 'cancelled' : 'unknown';
};

const withinTime = <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`EventStoreDB has not answered for ${String(deadlineMs)} ms`));
    }, deadlineMs);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The one client of a process, with a deadline on everything and a new connection after whatever is not understood. */
export class Connection {
  readonly #url: string;
  #client: EventStoreDBClient;
  #appending = 0;
  readonly #turns: (() => void)[] = [];

  constructor(url: string) {
    this.#url = url;
    this.#client = createClient(url);
  }

  /** Throws `WrongVersion`, `TooLarge`, and `OutcomeUnknown` for everything else: the events may be stored or not. */
  async append(stream: string, expected: Expected, events: EventData[]): Promise<Appended> {
    if (this.#appending >= appendsAtOnce) await new Promise<void>((resolve) => this.#turns.push(resolve));
    else this.#appending += 1;
    const client = this.#client;
    try {
      const { nextExpectedRevision, position } = await withinTime(
        client.appendToStream(stream, events, {
          expectedRevision: expected,
          deadline: sentDeadlineMs,
          requiresLeader: true,
        }),
      );
      return { revision: Number(nextExpectedRevision), position: position?.commit ?? null };
    } catch (error) {
      throw this.#appendFailure(client, stream, error);
    } finally {
      const next = this.#turns.shift();
      if (next) next();
      else this.#appending -= 1;
    }
  }

  #appendFailure(client: EventStoreDBClient, stream: string, error: unknown): Error {
    const type = typeOf(error);
    if (type === 'wrong-expected-version' || type === 'stream-deleted') return new WrongVersion(stream);
    if (type === 'maximum-append-size-exceeded') return new TooLarge('batch');
    if (!settledByClient.has(type)) this.#renew(client);
    return new OutcomeUnknown(error);
  }

  /** Events of a stream; none for one that does not exist. Throws `StoreUnavailable`. */
  readStream(
    stream: string,
    options: { readonly from?: number; readonly limit?: number; readonly backwards?: boolean } = {},
  ): Promise<ResolvedEvent[]> {
    return this.#read((client) =>
      client.readStream(stream, {
        direction: options.backwards ? 'backwards' : 'forwards',
        fromRevision: options.from === undefined ? (options.backwards ? END : START) : BigInt(options.from),
        ...(options.limit === undefined ? {} : { maxCount: options.limit }),
      }),
    );
  }

  /** Events of the whole log, the one at the position included. Throws `StoreUnavailable`. */
  readAll(options: {
    readonly from: bigint | null;
    readonly limit: number;
    readonly backwards?: boolean;
  }): Promise<ResolvedEvent[]> {
    return this.#read((client) =>
      client.readAll({
        direction: options.backwards ? 'backwards' : 'forwards',
        fromPosition:
          options.from === null
            ? options.backwards
              ? END
              : START
            : { commit: options.from, prepare: options.from },
        maxCount: options.limit,
      }),
    );
  }

  /** Reading changes nothing, so that it is tried again for a while when a connection breaks. */
  async #read(open: (client: EventStoreDBClient) => Reading): Promise<ResolvedEvent[]> {
    const until = Date.now() + readAgainMs;
    for (;;) {
      const client = this.#client;
      try {
        return await collect(open(client));
      } catch (error) {
        const type = typeOf(error);
        if (type === 'stream-not-found') return [];
        if (type === 'unknown') this.#renew(client);
        if (type === 'access-denied' || Date.now() > until) throw new StoreUnavailable(error);
        await pause(50 + Math.random() * 50);
      }
    }
  }

  /** Everything behind a position, for ever. Ends with an error when the connection does. */
  subscribe(after: bigint | null, pageSize: number): ReturnType<EventStoreDBClient['subscribeToAll']> {
    return this.#client.subscribeToAll(
      { fromPosition: after === null ? START : { commit: after, prepare: after } },
      { highWaterMark: pageSize },
    );
  }

  #renew(used: EventStoreDBClient): void {
    if (this.#client !== used) return;
    this.#client = createClient(this.#url);
    void discardClient(used);
  }

  async close(): Promise<void> {
    await discardClient(this.#client);
  }
}

interface Reading extends AsyncIterable<unknown> {
  on(event: 'error', listener: () => void): unknown;
  cancel(): Promise<void>;
}

const collect = async (reading: Reading): Promise<ResolvedEvent[]> => {
  // The client tells of errors also after nobody listens any more.
  reading.on('error', () => undefined);
  const events: ResolvedEvent[] = [];
  const iterator = (reading as AsyncIterable<ResolvedEvent>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await withinTime(iterator.next());
      if (next.done) return events;
      events.push(next.value);
    }
  } catch (error) {
    void reading.cancel().catch(() => undefined);
    throw error;
  }
};
