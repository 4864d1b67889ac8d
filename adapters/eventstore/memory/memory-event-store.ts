import { EventEmitter, once } from 'node:events';
import type {
  AppendBatch,
  AppendResult,
  CommandRecord,
  EventStore,
  StoredEvent,
  VaultEntry,
} from '../../../commands/ports.js';
import { ClaimTaken, WrongVersion } from '../../../domain/kernel/store-errors.js';
import { textsWithinLimits } from '../limits.js';

/** The event store in a variable, for unit tests. Follows the contract of the durable adapters. */
export class MemoryEventStore implements EventStore {
  readonly storeId = '00000000-0000-4000-8000-000000000000';
  readonly #log: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #ids = new Map<string, bigint>();
  readonly #claims = new Map<string, string>();
  readonly #vault = new Map<string, VaultEntry>();
  readonly #commands = new Map<string, { command: CommandRecord; position: bigint }>();
  readonly #appended = new EventEmitter().setMaxListeners(0);

  append(batch: AppendBatch): Promise<AppendResult> {
    try {
      return Promise.resolve(this.#append(batch));
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passes on what was thrown
      return Promise.reject(error);
    }
  }

  #append(batch: AppendBatch): AppendResult {
    textsWithinLimits(batch);
    const known = batch.command && this.#remembered(batch.command.id);
    if (known) return { outcome: 'repeated', position: known.position, command: known.command };
    const events = batch.streams.flatMap((stream) => stream.events);
    const first = events[0];
    for (const { stream, expected } of batch.streams) {
      const current = (this.#streams.get(stream)?.length ?? 0) - 1;
      const wanted = expected === 'no_stream' ? -1 : expected;
      if (wanted !== 'any' && wanted !== current) {
        if (first && this.#ids.has(first.id)) return this.#repeated(events.at(-1)!.id);
        throw new WrongVersion(stream);
      }
    }
    if (first && this.#ids.has(first.id)) return this.#repeated(events.at(-1)!.id);
    this.#claim(batch);
    for (const { stream, events: streamEvents } of batch.streams) {
      const entries = this.#streams.get(stream) ?? [];
      this.#streams.set(stream, entries);
      for (const event of streamEvents) {
        const stored: StoredEvent = {
          ...structuredClone({ ...event }),
          stream,
          revision: entries.length,
          position: BigInt(this.#log.length + 1),
          recordedAt: new Date(),
        };
        entries.push(stored);
        this.#log.push(stored);
        this.#ids.set(stored.id, stored.position);
      }
    }
    for (const entry of batch.vault) this.#vault.set(`${entry.ref} ${String(entry.version)}`, entry);
    const position = BigInt(this.#log.length);
    if (batch.command) this.#commands.set(batch.command.id, { command: batch.command, position });
    this.#appended.emit('append');
    return { outcome: 'appended', position };
  }

  #remembered(id: string): { command: CommandRecord; position: bigint } | null {
    const known = this.#commands.get(id);
    return known && known.command.expiresAt > new Date() ? known : null;
  }

  #repeated(lastId: string): AppendResult {
    return { outcome: 'repeated', position: this.#ids.get(lastId) ?? 0n, command: null };
  }

  #claim(batch: AppendBatch): void {
    const released = new Map(
      batch.claims
        .filter((claim) => claim.op === 'release')
        .map((claim) => [`${claim.kind} ${claim.hash}`, claim.stream]),
    );
    const taken = batch.claims.filter((claim) => claim.op === 'take');
    for (const claim of taken) {
      const holder = this.#claims.get(`${claim.kind} ${claim.hash}`);
      if (
        holder !== undefined &&
        holder !== claim.stream &&
        released.get(`${claim.kind} ${claim.hash}`) !== holder
      )
        throw new ClaimTaken(claim.kind);
    }
    for (const [key, stream] of released) if (this.#claims.get(key) === stream) this.#claims.delete(key);
    for (const claim of taken) this.#claims.set(`${claim.kind} ${claim.hash}`, claim.stream);
  }

  readStream(
    stream: string,
    options: { from?: number; limit?: number } = {},
  ): Promise<readonly StoredEvent[]> {
    const from = options.from ?? 0;
    return Promise.resolve((this.#streams.get(stream) ?? []).slice(from, from + (options.limit ?? Infinity)));
  }

  readAll(options: { after: bigint; limit: number }): Promise<readonly StoredEvent[]> {
    const from = Number(options.after);
    return Promise.resolve(this.#log.slice(from, from + options.limit));
  }

  async *subscribe(options: { after: bigint; signal: AbortSignal }): AsyncIterable<readonly StoredEvent[]> {
    let after = options.after;
    while (!options.signal.aborted) {
      // Listens before it looks: what is appended in between is not missed.
      const appended = once(this.#appended, 'append', { signal: options.signal }).catch(() => undefined);
      const page = await this.readAll({ after, limit: 500 });
      const last = page.at(-1);
      if (last) {
        after = last.position;
        yield page;
      } else await appended;
    }
  }

  head(): Promise<bigint> {
    return Promise.resolve(BigInt(this.#log.length));
  }

  findCommand(id: string): Promise<{ command: CommandRecord; position: bigint } | null> {
    return Promise.resolve(this.#remembered(id));
  }

  readVault(ref: string, version: number): Promise<VaultEntry | null> {
    return Promise.resolve(this.#vault.get(`${ref} ${String(version)}`) ?? null);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
