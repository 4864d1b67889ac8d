import type { RecordedEvent } from '../domain/kernel/event.js';
import { DomainError } from '../domain/kernel/errors.js';
import { isConnectionFailure, isOverloaded } from '../domain/kernel/store-errors.js';
import { applyEvents, concerning, failureText, UnknownEvent } from './apply-events.js';
import { moveOn, readProgress, recordFailure, takeTables } from './progress.js';
import type { Database, EventFeed, ProjectionGroup, SkippedEvents } from './projection.js';
import { Waiters } from './waiters.js';

const pageSize = 500;
const retryMs = [200, 500, 1000, 2000, 5000];
/** An event of a newer version of the product is applied by a process of that version, very soon. */
const unknownRetryMs = 200;
const unknownRetries = 50;
/** Failures of an event before the group counts as halted by it. */
const haltingFailures = 2;
const lazyCheckpointMs = 1000;
const longestGatherMs = 250;
/** A page of fewer does not come of a load that others have to be spared. */
const manyEvents = 8;
/** How often it is remembered that the tables are in use, when nothing else is to be. */
const useMs = 3_600_000;

/** A failure that no event is to blame for. */
const isOfDatabase = (error: unknown): boolean => isConnectionFailure(error) || isOverloaded(error);

/** The event at which a group stands, and why. */
export interface Halt {
  readonly position: bigint;
  readonly failure: string;
}

export interface GroupState {
  readonly position: bigint;
  readonly halt: Halt | null;
}

/** What a page has come to. */
type Outcome = 'busy' | { readonly position: bigint } | { readonly lostSince: bigint };

/** A failure of one event, found among those of its page. */
class EventFailure extends Error {
  readonly position: bigint;

  constructor(position: bigint, cause: unknown) {
    super(failureText(cause), { cause });
    this.name = 'EventFailure';
    this.position = position;
  }
}

/**
 * Runs one group of read models: rows and checkpoint commit together, whoever holds the checkpoint's row lock works. A
 * failing event halts the group and is tried again with growing pauses; nothing is skipped unless somebody decided so.
 */
export class ProjectionRunner {
  readonly group: ProjectionGroup;
  readonly #db: Database;
  readonly #feed: EventFeed;
  readonly #skippedEvents: SkippedEvents;
  readonly #onFailure: (error: unknown, position: bigint) => void;
  readonly #gatherMs: number | null;
  readonly #waiters = new Waiters();
  #skipped: ReadonlySet<string> = new Set();
  #position = 0n;
  #stored = 0n;
  #storedAt = 0;
  #usedAt = 0;
  #halt: Halt | null = null;
  #failures = 0;
  #dirty = true;
  #recheck = false;
  #wake: () => void = () => undefined;
  #retry: () => void = () => undefined;
  #hurry: () => void = () => undefined;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly group: ProjectionGroup;
    readonly db: Database;
    readonly feed: EventFeed;
    readonly skippedEvents: SkippedEvents;
    readonly onFailure: (error: unknown, position: bigint) => void;
    /**
     * How long to gather events before they are applied, unless somebody waits; after a page of many at least as long as it
     * took, so that the group leaves half of the time to others. Null for groups that people always wait for.
     */
    readonly gatherMs?: number | null;
  }) {
    this.group = options.group;
    this.#db = options.db;
    this.#feed = options.feed;
    this.#skippedEvents = options.skippedEvents;
    this.#onFailure = options.onFailure;
    this.#gatherMs = options.gatherMs ?? null;
  }

  get state(): GroupState {
    return { position: this.#position, halt: this.#halt };
  }

  async start(): Promise<void> {
    this.#skipped = await this.#skippedEvents(this.group);
    this.#position = await this.#readCheckpoint();
    this.#stored = this.#position;
    this.#feed.listen((events) => {
      this.#dirty = true;
      this.#wake();
      if (events.some(({ type }) => type === 'projection.event.skipped')) this.retry();
    });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    this.#retry();
    this.#hurry();
    await this.#running;
    await this.#storePosition().catch(() => undefined);
  }

  /** Tries the event at which the group has halted again at once. */
  retry(): void {
    this.#retry();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        this.#dirty = false;
        const beganAt = performance.now();
        const count = await this.#step();
        const tookMs = count < manyEvents ? 0 : performance.now() - beganAt;
        this.#halt = null;
        this.#failures = 0;
        if (count === 0 && !this.#grewMeanwhile()) await this.#sleep(lazyCheckpointMs);
        if (this.#gatherMs !== null && (count > 0 || this.#grewMeanwhile()))
          await this.#gather(Math.max(this.#gatherMs, Math.min(tookMs, longestGatherMs)));
      } catch (error) {
        await this.#afterFailure(error);
      }
    }
  }

  #grewMeanwhile(): boolean {
    return this.#dirty;
  }

  async #afterFailure(error: unknown): Promise<void> {
    this.#failures += 1;
    if (error instanceof EventFailure && this.#failures >= haltingFailures) {
      const isNew = this.#halt?.position !== error.position;
      this.#halt = { position: error.position, failure: error.message };
      this.#waiters.rejectFrom(error.position, new DomainError('PROJECTION_BEHIND'));
      if (isNew) this.#onFailure(error.cause, error.position);
      await recordFailure(this.#db, this.group.live, error.position, error.message).catch(() => undefined);
    } else if (!(error instanceof EventFailure)) this.#onFailure(error, this.#position);
    const unknown =
      error instanceof EventFailure && error.cause instanceof UnknownEvent && this.#failures < unknownRetries;
    await this.#pause(unknown ? unknownRetryMs : retryMs[Math.min(this.#failures, retryMs.length) - 1]!);
    await this.#skippedEvents(this.group).then(
      (skipped) => (this.#skipped = skipped),
      () => undefined,
    );
  }

  /**
   * Applies one page and answers how many events it held. Pages without an event of this group only move the position, which
   * is stored now and then.
   */
  async #step(): Promise<number> {
    if (this.#recheck) {
      const checkpoint = await this.#readCheckpoint();
      if (checkpoint < this.#stored) this.#rewind(checkpoint);
      this.#recheck = false;
    }
    const page = await this.#feed.read(this.#position, pageSize);
    const last = page.at(-1);
    if (!last) {
      if (Date.now() - this.#storedAt >= lazyCheckpointMs) await this.#storePosition();
      return 0;
    }
    if (page.some((event) => this.group.handles(event.type))) await this.#applyPage(page);
    else this.#moveTo(last.position);
    return page.length;
  }

  async #applyPage(page: readonly RecordedEvent[]): Promise<void> {
    try {
      await this.#settle(await this.#commit(page));
    } catch (error) {
      if (isOfDatabase(error)) throw error;
      await this.#applySingly(page);
    }
  }

  /** Something in a page fails: everything before it is applied, so that the group stands right at the event. */
  async #applySingly(page: readonly RecordedEvent[]): Promise<void> {
    for (const event of page) {
      if (event.position <= this.#position) continue;
      try {
        if (concerning(this.group, [event], this.#skipped).length === 0 && event !== page.at(-1)) continue;
        if (!(await this.#settle(await this.#commit([event])))) return;
      } catch (error) {
        if (isOfDatabase(error)) throw error;
        throw new EventFailure(event.position, error);
      }
    }
  }

  #commit(seen: readonly RecordedEvent[]): Promise<Outcome> {
    return this.#db.transaction().execute(async (tx) => {
      const position = seen.at(-1)!.position;
      const checkpoint = await takeTables(tx, this.group.live, this.#stored, position);
      if (checkpoint === null) return 'busy';
      if (checkpoint < this.#stored) return { lostSince: checkpoint };
      if (checkpoint >= position) return { position: checkpoint };
      const page = checkpoint <= this.#position ? seen : seen.filter((event) => event.position > checkpoint);
      await applyEvents(tx, this.group, this.group.live, concerning(this.group, page, this.#skipped));
      return { position };
    });
  }

  async #settle(outcome: Outcome): Promise<boolean> {
    if (outcome === 'busy') {
      // Another process holds the group: follow its checkpoint.
      await this.#pause(20);
      await this.#followCheckpoint();
      return false;
    }
    if ('lostSince' in outcome) {
      this.#rewind(outcome.lostSince);
      return false;
    }
    this.#stored = outcome.position;
    this.#storedAt = Date.now();
    this.#moveTo(outcome.position);
    return true;
  }

  /** A crash of the database took the newest commits of the read model with it: they are applied once more. */
  #rewind(checkpoint: bigint): void {
    this.#position = checkpoint;
    this.#stored = checkpoint;
    this.#dirty = true;
  }

  /** To be called when the connection to the database was lost: what was committed last may be gone. */
  recheck(): void {
    this.#recheck = true;
    this.#dirty = true;
    this.#wake();
  }

  async #readCheckpoint(): Promise<bigint> {
    return (await readProgress(this.#db, this.group.live))?.position ?? 0n;
  }

  async #followCheckpoint(): Promise<void> {
    const position = await this.#readCheckpoint();
    if (position > this.#position) {
      this.#stored = position;
      this.#moveTo(position);
    }
  }

  async #storePosition(): Promise<void> {
    this.#storedAt = Date.now();
    if (this.#position <= this.#stored && this.#storedAt - this.#usedAt < useMs) return;
    this.#usedAt = this.#storedAt;
    await moveOn(this.#db, this.group.live, this.#stored, this.#position);
    this.#stored = this.#position;
  }

  #moveTo(position: bigint): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#waiters.resolveTo(position);
  }

  /** Resolves when the group shows all events up to a position. Throws `PROJECTION_BEHIND` after the time, or at once when it has halted before. */
  waitFor(position: bigint, timeoutMs: number): Promise<void> {
    if (this.#position >= position) return Promise.resolve();
    if (this.#halt && this.#halt.position <= position)
      return Promise.reject(new DomainError('PROJECTION_BEHIND'));
    this.#hurry();
    return this.#waiters.add(position, timeoutMs);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
  }

  async #gather(ms: number): Promise<void> {
    if (ms === 0 || this.#stopped || !this.#waiters.isEmpty) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#stopped ? 0 : ms);
      this.#retry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
