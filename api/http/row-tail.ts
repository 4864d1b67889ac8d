const pageSize = 200;
const queueLimit = 1000;

interface Positioned {
  readonly position: number;
}

interface Follower<Row> {
  readonly queue: Row[];
  wake: () => void;
  overrun: boolean;
}

/**
 * New rows of a read model for those who follow it: read once per process, whatever the number of followers. A
 * follower that reads too slowly is let go; it resumes from its last position.
 */
export class RowTail<Row extends Positioned> {
  readonly #readAfter: (position: bigint, limit: number) => Promise<readonly Row[]>;
  readonly #followers = new Set<Follower<Row>>();
  #position: bigint;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(readAfter: (position: bigint, limit: number) => Promise<readonly Row[]>, position: bigint) {
    this.#readAfter = readAfter;
    this.#position = position;
  }

  /** To be called when the read model has grown. */
  notify(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#read().finally(() => {
      this.#reading = null;
      if (this.#again) {
        this.#again = false;
        this.notify();
      }
    });
  }

  async #read(): Promise<void> {
    for (;;) {
      const rows = await this.#readAfter(this.#position, pageSize).catch(() => []);
      const last = rows.at(-1);
      if (!last) return;
      this.#position = BigInt(last.position);
      for (const follower of this.#followers) {
        if (follower.queue.length > queueLimit) follower.overrun = true;
        else follower.queue.push(...rows);
        follower.wake();
      }
    }
  }

  async *follow(): AsyncGenerator<readonly Row[]> {
    const follower: Follower<Row> = { queue: [], wake: () => undefined, overrun: false };
    this.#followers.add(follower);
    try {
      while (!follower.overrun) {
        if (follower.queue.length > 0) yield follower.queue.splice(0);
        else
          await new Promise<void>((resolve) => {
            follower.wake = resolve;
            if (follower.queue.length > 0) resolve();
          });
      }
    } finally {
      this.#followers.delete(follower);
    }
  }
}
