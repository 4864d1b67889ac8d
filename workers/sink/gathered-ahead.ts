import type { Gathered } from './gather.js';

/**
 * The batch behind the one that is on its way, so that reading and mapping do not wait for a receiver. It is used only when
 * the cursor comes to stand right before it at once; after a failure it is gathered anew, as entries may have been erased.
 */
export class GatheredAhead {
  readonly #byRun = new Map<string, { readonly after: bigint; readonly gathered: Promise<Gathered> }>();

  begin(run: string, after: bigint, gather: () => Promise<Gathered>): void {
    const gathered = gather();
    // Who takes it hears of the failure; what nobody takes may fail.
    gathered.catch(() => undefined);
    this.#byRun.set(run, { after, gathered });
  }

  /** What was gathered behind a position; null when that was something else. */
  take(run: string, after: bigint): Promise<Gathered> | null {
    const ahead = this.#byRun.get(run);
    this.drop(run);
    return ahead?.after === after ? ahead.gathered : null;
  }

  drop(run: string): void {
    this.#byRun.delete(run);
  }
}
