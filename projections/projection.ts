import type { Kysely, Transaction } from 'kysely';
import type { RecordedEvent } from '../domain/kernel/event.js';
import type { GroupSchema } from './group-schema.js';

// The database of read models is described per query; tables of all groups share one connection type.
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- one place where the untyped schema enters
export type Database = Kysely<any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see above
export type Tx = Transaction<any>;

/**
 * A group of read models that advance together: one checkpoint, one transaction. A change of what the tables hold is a
 * new version, whose tables are built beside those of the old one.
 */
export interface ProjectionGroup extends GroupSchema {
  /** SQL that makes the tables, run with their schema as search path. */
  readonly tables: string;
  /** SQL of the indexes that loading many rows goes quicker without; harmless to run twice. */
  readonly indexes: string;
  readonly handles: (type: string) => boolean;
  /** Applies events in order. No clock, no randomness, no network: a rebuild gives the same rows. */
  readonly apply: (tx: Tx, schema: string, events: readonly RecordedEvent[]) => Promise<void>;
}

/** Where the events come from. */
export interface EventFeed {
  read(after: bigint, limit: number): Promise<readonly RecordedEvent[]>;
  listen(listener: (events: readonly RecordedEvent[]) => void): () => void;
}

/** Ids of the events that somebody has decided to leave out of a group. */
export type SkippedEvents = (group: ProjectionGroup) => Promise<ReadonlySet<string>>;

/** The log as a rebuild reads it: page by page, opening only what it needs. */
export interface LogReader {
  head(): Promise<bigint>;
  readAll(options: { readonly after: bigint; readonly limit: number }): Promise<readonly SealedEvent[]>;
  openEvents(events: readonly SealedEvent[]): Promise<readonly RecordedEvent[]>;
}

/** An event as it is stored. */
export type SealedEvent = Omit<RecordedEvent, 'data' | 'meta'> & {
  readonly data: unknown;
  readonly meta: unknown;
};
