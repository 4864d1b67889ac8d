import type { ResolvedEvent } from '@eventstore/db-client';
import type { NewEvent, StreamAppend } from '../../../commands/ports.js';
import { OutcomeUnknown, WrongVersion } from '../../../domain/kernel/store-errors.js';
import { type Connection, type Expected } from './connection.js';
import { positionOf, toEventData } from './event-shape.js';

const maxUnsure = 10_000;
const searchedBack = 1000;
const maxTries = 10;

export interface StreamResult {
  readonly position: bigint;
  /** The events were there already. */
  readonly repeated: boolean;
}

type Recorded = NonNullable<ResolvedEvent['event']>;

export const revisionExpected = (expected: StreamAppend['expected']): number | null =>
  expected === 'any' ? null : expected === 'no_stream' ? -1 : expected;

const asExpected = (revision: number | null): Expected =>
  revision === null ? 'any' : revision === -1 ? 'no_stream' : BigInt(revision);

/** Appends to single streams, each as idempotent as the port promises. */
export class Streams {
  readonly #connection: Connection;
  /** First ids of appends without an expected revision that were never answered: the server forgets them, we do not. */
  readonly #unsure = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Throws `WrongVersion`, `TooLarge`, `OutcomeUnknown`. `search` looks first whether the events are there already. */
  async append({ stream, expected, events }: StreamAppend, search = false): Promise<StreamResult> {
    const firstId = events[0]!.id;
    if (expected === 'any' && (search || this.#unsure.has(firstId))) {
      const stored = await this.#findLast(stream, events);
      if (stored) return { position: positionOf(stored), repeated: true };
    }
    try {
      const result = await this.#appendAt(stream, revisionExpected(expected), events);
      this.#unsure.delete(firstId);
      return result;
    } catch (error) {
      if (expected === 'any' && error instanceof OutcomeUnknown) this.#remember(firstId);
      throw error;
    }
  }

  /**
   * Appends events that are decided for good: wherever the stream stands by now, once. Throws `OutcomeUnknown`.
   */
  async force({ stream, expected, events }: StreamAppend): Promise<StreamResult> {
    if (expected === 'any') return this.append({ stream, expected, events }, true);
    let revision = revisionExpected(expected)!;
    for (let tries = 0; tries < maxTries; tries += 1) {
      try {
        return await this.#appendAt(stream, revision, events);
      } catch (error) {
        if (!(error instanceof WrongVersion)) throw error;
      }
      const since = await this.#connection.readStream(stream, { from: revision + 1 });
      const stored = since.find(({ event }) => event?.id === events.at(-1)!.id)?.event;
      if (stored) return { position: positionOf(stored), repeated: true };
      revision = Number(since.at(-1)?.event?.revision ?? revision);
    }
    throw new OutcomeUnknown(new Error(`stream ${stream} moves all the time`));
  }

  /** Whether an append is stored, impossible by now because others were first, or still open. */
  async fateOf(stream: string, revision: number, firstId: string): Promise<'stored' | 'failed' | 'open'> {
    const [found] = await this.#connection.readStream(stream, { from: revision, limit: 1 });
    if (!found?.event) return 'open';
    return found.event.id === firstId ? 'stored' : 'failed';
  }

  async last(stream: string): Promise<Recorded | null> {
    const [found] = await this.#connection.readStream(stream, { backwards: true, limit: 1 });
    return found?.event ?? null;
  }

  async #appendAt(
    stream: string,
    revision: number | null,
    events: readonly NewEvent[],
  ): Promise<StreamResult> {
    const appended = await this.#connection.append(stream, asExpected(revision), events.map(toEventData));
    if (appended.position !== null) return { position: appended.position, repeated: false };
    const [stored] = await this.#connection.readStream(stream, { from: appended.revision, limit: 1 });
    if (!stored?.event)
      throw new OutcomeUnknown(new Error(`stream ${stream} does not show what it answered`));
    return { position: positionOf(stored.event), repeated: true };
  }

  async #findLast(stream: string, events: readonly NewEvent[]): Promise<Recorded | undefined> {
    const recent = await this.#connection.readStream(stream, { backwards: true, limit: searchedBack });
    return recent.find(({ event }) => event?.id === events.at(-1)!.id)?.event;
  }

  #remember(id: string): void {
    this.#unsure.add(id);
    if (this.#unsure.size > maxUnsure) this.#unsure.delete(this.#unsure.values().next().value!);
  }
}
