import type { Kysely, Transaction } from 'kysely';
import type { RecordedEvent } from '../domain/kernel/event.js';

// The database of read models is described per query; tables of all groups share one connection type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- one place where the untyped schema enters
export type Database = Kysely<any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
export type Tx = Transaction<any>;

/** A group of read models that advance together: one checkpoint, one transaction. Rebuilt when `version` grows. */
export interface ProjectionGroup {
  readonly name: string;
  readonly version: number;
  /** SQL that makes the schema of the group, which is dropped as a whole before a rebuild. */
  readonly tables: string;
  readonly handles: (type: string) => boolean;
  /** Applies events in order. No clock, no randomness, no network: a rebuild gives the same rows. */
  readonly apply: (tx: Tx, events: readonly RecordedEvent[]) => Promise<void>;
}

/** Where the events come from. */
export interface EventFeed {
  read(after: bigint, limit: number): Promise<readonly RecordedEvent[]>;
  listen(listener: (events: readonly RecordedEvent[]) => void): () => void;
}
