import type { StoredEvent } from '../../../commands/ports.js';

const maxStreams = 10_000;
const maxEvents = 100_000;

/** The events of the streams that were read last, so that only what is new has to be fetched. Least recently used go first. */
export class StreamCache {
  readonly #streams = new Map<string, readonly StoredEvent[]>();
  #events = 0;

  get(stream: string): readonly StoredEvent[] {
    const events = this.#streams.get(stream);
    if (!events) return [];
    this.#streams.delete(stream);
    this.#streams.set(stream, events);
    return events;
  }

  set(stream: string, events: readonly StoredEvent[]): void {
    this.#drop(stream);
    if (events.length === 0) return;
    this.#streams.set(stream, events);
    this.#events += events.length;
    while (this.#streams.size > maxStreams || this.#events > maxEvents)
      this.#drop(this.#streams.keys().next().value!);
  }

  #drop(stream: string): void {
    this.#events -= this.#streams.get(stream)?.length ?? 0;
    this.#streams.delete(stream);
  }
}
