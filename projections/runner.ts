import { sql } from 'kysely';
import type { RecordedEvent } from '../domain/kernel/event.js';
import { DomainError } from '../domain/kernel/errors.js';
import { prepared } from './prepared.js';
import type { Database, EventFeed, ProjectionGroup } from './projection.js';

const pageSize = 500;
const retryMs = [200, 500, 1000, 2000, 5000];
const lazyCheckpointMs = 5000;

export interface GroupState {
  readonly position: bigint;
  readonly failure: string | null;
}

interface Waiter {
  readonly position: bigint;
  readonly resolve: () => void;
}

/** Prepares the schemas of all groups; a group whose version has grown starts again from the beginning of the log. */
export const prepareProjections = async (db: Database, groups: readonly ProjectionGroup[]): Promise<void> => {
  for (const group of groups)
    await db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(7305002)`.execute(tx);
      const { rows } = await sql<{
        version: number;
      }>`select version from projection.checkpoint where name = ${group.name}`.execute(tx);
      if (rows[0]?.version === group.version) return;
      await sql`drop schema if exists ${sql.id(group.name)} cascade`.execute(tx);
      await sql.raw(`create schema ${group.name}; ${group.tables}`).execute(tx);
      await sql`insert into projection.checkpoint (name, version, position) values (${group.name}, ${group.version}, 0)
        on conflict (name) do update set version = excluded.version, position = 0`.execute(tx);
    });
};

/**
 * Runs one projection group: rows and checkpoint commit together, whoever holds the checkpoint's row lock works. A
 * failing event halts the group and is tried again with growing pauses; nothing is skipped.
 */
export class ProjectionRunner {
  readonly group: ProjectionGroup;
  readonly #db: Database;
  readonly #feed: EventFeed;
  readonly #onFailure: (error: unknown, position: bigint) => void;
  readonly #gatherMs: number;
  #position = 0n;
  #stored = 0n;
  #storedAt = 0;
  #failure: string | null = null;
  #failures = 0;
  #dirty = true;
  #recheck = false;
  #wake: () => void = () => undefined;
  #stopped = false;
  #waiters: Waiter[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly group: ProjectionGroup;
    readonly db: Database;
    readonly feed: EventFeed;
    readonly onFailure: (error: unknown, position: bigint) => void;
    /** How long to gather events before a page is applied; 0 for groups that somebody waits for. */
    readonly gatherMs?: number;
  }) {
    this.group = options.group;
    this.#db = options.db;
    this.#feed = options.feed;
    this.#onFailure = options.onFailure;
    this.#gatherMs = options.gatherMs ?? 0;
  }

  get state(): GroupState {
    return { position: this.#position, failure: this.#failure };
  }

  async start(): Promise<void> {
    this.#position = await this.#readCheckpoint();
    this.#stored = this.#position;
    this.#feed.listen(() => {
      this.#dirty = true;
      this.#wake();
    });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    await this.#storePosition().catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        this.#dirty = false;
        const more = await this.#step();
        this.#failure = null;
        this.#failures = 0;
        if (!more && !this.#grewMeanwhile()) await this.#sleep(lazyCheckpointMs);
        else if (this.#gatherMs > 0) await this.#pause(this.#gatherMs);
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#onFailure(error, this.#position);
        await this.#pause(retryMs[Math.min(this.#failures++, retryMs.length - 1)]!);
      }
    }
  }

  #grewMeanwhile(): boolean {
    return this.#dirty;
  }

  /** Applies one page. Pages without an event of this group only move the position, which is stored now and then. */
  async #step(): Promise<boolean> {
    if (this.#recheck) {
      const checkpoint = await this.#readCheckpoint();
      if (checkpoint < this.#stored) this.#rewind(checkpoint);
      this.#recheck = false;
    }
    const page = await this.#feed.read(this.#position, pageSize);
    const last = page.at(-1);
    if (!last) {
      if (Date.now() - this.#storedAt >= lazyCheckpointMs) await this.#storePosition();
      return false;
    }
    if (page.some((event) => this.group.handles(event.type))) await this.#applyPage(page);
    else this.#moveTo(last.position);
    return true;
  }

  async #applyPage(seen: readonly RecordedEvent[]): Promise<void> {
    const applied = await this.#db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ position: bigint }>`${prepared}
        select position from projection.checkpoint where name = ${this.group.name} for update skip locked`.execute(
        tx,
      );
      const checkpoint = rows[0]?.position;
      if (checkpoint === undefined) return null;
      if (checkpoint < this.#stored) return { lostSince: checkpoint };
      const page = checkpoint <= this.#position ? seen : seen.filter((event) => event.position > checkpoint);
      const relevant = page.filter((event) => this.group.handles(event.type));
      const position = seen.at(-1)!.position;
      if (relevant.length > 0) await this.group.apply(tx, relevant);
      if (position > checkpoint)
        await sql`${prepared} update projection.checkpoint set position = ${position} where name = ${this.group.name}`.execute(
          tx,
        );
      return { position };
    });
    if (!applied) {
      // Another process holds the group: follow its checkpoint.
      await this.#pause(20);
      await this.#followCheckpoint();
      return;
    }
    if ('lostSince' in applied) {
      this.#rewind(applied.lostSince);
      return;
    }
    this.#stored = applied.position;
    this.#storedAt = Date.now();
    this.#moveTo(applied.position);
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
    const { rows } = await sql<{
      position: bigint;
    }>`select position from projection.checkpoint where name = ${this.group.name}`.execute(this.#db);
    return rows[0]?.position ?? 0n;
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
    if (this.#position <= this.#stored) return;
    await sql`update projection.checkpoint set position = ${this.#position}
      where name = ${this.group.name} and position < ${this.#position} and position >= ${this.#stored}`.execute(
      this.#db,
    );
    this.#stored = this.#position;
  }

  #moveTo(position: bigint): void {
    this.#position = position;
    const due = this.#waiters.filter((waiter) => waiter.position <= position);
    if (due.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > position);
    for (const waiter of due) waiter.resolve();
  }

  /** Resolves when the group shows all events up to a position. Throws `PROJECTION_BEHIND` after the time. */
  waitFor(position: bigint, timeoutMs: number): Promise<void> {
    if (this.#position >= position) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(new DomainError('PROJECTION_BEHIND'));
      }, timeoutMs);
      const waiter: Waiter = {
        position,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.#waiters.push(waiter);
    });
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

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#stopped ? 0 : ms));
  }
}
