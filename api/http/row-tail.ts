const pageSize = 200;
const queueLimit = 1000;

interface Positioned {
  readonly position: number;
}

interface Follower<Row> {
  readonly queue: Row[];
  wake: () => void;
  ended: boolean;
}

/** What a follower is shown of new rows; null ends the following. */
type Selection<Row, Item> = (rows: readonly Row[]) => Promise<readonly Item[] | null>;

/**
 * New rows of a read model for those who follow it: read once per process, whatever the number of followers. A
 * follower that reads too slowly is let go; it resumes from its last position.
 */
export class RowTail<Row extends Positioned> {
  readonly #readAfter: (position: bigint, limit: number) => Promise<readonly Row[]>;
  readonly #followers = new Set<Follower<Row>>();
  readonly #head: () => bigint;
  #position = 0n;
  #reading: Promise<void> | null = null;
  #again = false;

  /** `head` is the last position of the log that this process has seen. */
  constructor(readAfter: (position: bigint, limit: number) => Promise<readonly Row[]>, head: () => bigint) {
    this.#readAfter = readAfter;
    this.#head = head;
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
      if (this.#followers.size === 0) return;
      const rows = await this.#readAfter(this.#position, pageSize).catch(() => []);
      const last = rows.at(-1);
      if (!last) return;
      this.#position = BigInt(last.position);
      for (const follower of this.#followers) {
        if (follower.queue.length > queueLimit) follower.ended = true;
        else follower.queue.push(...rows);
        follower.wake();
      }
    }
  }

  /** The rows from now on, as `select` shows them. `return()` takes effect at once, also between two rows. */
  follow<Item>(select: Selection<Row, Item>): AsyncIterableIterator<Item> {
    const follower: Follower<Row> = { queue: [], wake: () => undefined, ended: false };
    // While nobody follows nothing is read: the first one begins where the log stands now.
    if (this.#followers.size === 0) this.#position = this.#head();
    this.#followers.add(follower);
    const items = this.#items(follower, select);
    return {
      next: () => items.next(),
      // A generator alone would not hear of it before the next row: its own return() waits for the pending next().
      return: () => {
        follower.ended = true;
        this.#followers.delete(follower);
        follower.wake();
        return items.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#items<Item>(
    follower: Follower<Row>,
    select: Selection<Row, Item>,
  ): AsyncGenerator<Item, undefined> {
    try {
      while (!follower.ended) {
        if (follower.queue.length === 0) {
          await new Promise<void>((resolve) => {
            follower.wake = resolve;
          });
          continue;
        }
        const items = await select(follower.queue.splice(0));
        if (items === null) return;
        yield* items;
      }
    } finally {
      this.#followers.delete(follower);
    }
  }
}
