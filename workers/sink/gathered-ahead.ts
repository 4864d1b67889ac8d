import type { Gathered } from './gather.js';

/** What was read longer ago is read again, so that what is erased meanwhile does not leave much later. */
const freshMs = 2000;

interface Ahead {
  readonly after: bigint;
  readonly atMs: number;
  readonly gathered: Promise<Gathered>;
}

/**
 * The batch behind the one that is on its way, so that reading and mapping do not wait for a receiver. It is used only when
 * the cursor comes to stand right before it at once; after a failure, an erasure or a while it is gathered anew, as entries may
 * have been erased.
 */
export class GatheredAhead {
  readonly #byRun = new Map<string, Ahead>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  begin(run: string, after: bigint, gather: () => Promise<Gathered>): void {
    const atMs = this.#nowMs();
    const gathered = gather();
    // Who takes it hears of the failure; what nobody takes may fail.
    gathered.catch(() => undefined);
    this.#byRun.set(run, { after, atMs, gathered });
  }

  /** What was gathered behind a position; null when that was something else, or is too old. */
  take(run: string, after: bigint): Promise<Gathered> | null {
    const ahead = this.#byRun.get(run);
    this.drop(run);
    return ahead?.after === after && this.#nowMs() - ahead.atMs <= freshMs ? ahead.gathered : null;
  }

  drop(run: string): void {
    this.#byRun.delete(run);
  }

  /** Somebody's data was erased. */
  dropAll(): void {
    this.#byRun.clear();
  }
}
