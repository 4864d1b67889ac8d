import type { Database } from '../../projections/projection.js';
import { auditEntriesAfter } from '../../projections/audit/query.js';
import type { AuditRow } from '../../projections/audit/table.js';

const pageSize = 200;
const queueLimit = 1000;

interface Follower {
  readonly queue: AuditRow[];
  wake: () => void;
  overrun: boolean;
}

/**
 * New entries of the event log for those who follow it: read once per process, whatever the number of followers. A
 * follower that reads too slowly is let go; it resumes from its last position.
 */
export class AuditTail {
  readonly #db: Database;
  readonly #followers = new Set<Follower>();
  #position: bigint;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(db: Database, position: bigint) {
    this.#db = db;
    this.#position = position;
  }

  /** To be called when the read model of the log has grown. */
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
      const rows = await auditEntriesAfter(this.#db, this.#position, pageSize).catch(() => []);
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

  async *follow(): AsyncGenerator<readonly AuditRow[]> {
    const follower: Follower = { queue: [], wake: () => undefined, overrun: false };
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
