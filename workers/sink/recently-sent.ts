interface Sent {
  readonly atMs: number;
  /** The cursor before the batch. */
  readonly from: bigint;
}

/** Where the batches began that left lately, for receivers that acknowledge nothing. Known to one process only. */
export class RecentlySent {
  readonly #byRun = new Map<string, Sent[]>();

  note(run: string, sent: Sent, keepMs: number): void {
    const kept = (this.#byRun.get(run) ?? []).filter(({ atMs }) => atMs >= sent.atMs - keepMs);
    this.#byRun.set(run, [...kept, sent]);
  }

  /** Where the first of them began; null when this process has sent none. */
  begin(run: string): bigint | null {
    return this.#byRun.get(run)?.[0]?.from ?? null;
  }
}
