export interface StoredRecord {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly position: bigint;
}

export interface EndPoint {
  readonly host: string;
  readonly port: number;
}

/** What a test makes the node do wrong. */
export interface Faults {
  /** Called before an append is written; may throw or wait. */
  beforeAppend?: (stream: string) => void | Promise<void>;
  /** Called when an append is on disk and not yet answered. */
  beforeAnswer?: (stream: string) => void | Promise<void>;
  /** Every append is refused and pointed at this node. */
  leader?: EndPoint;
  duplicateAnswers?: boolean;
  /** What gossip tells; this node alone unless set. */
  members?: readonly (EndPoint & { readonly state?: 'leader' | 'follower'; readonly alive?: boolean })[];
}

export interface EventStoreDBNode extends EndPoint {
  /** Connection string. */
  readonly url: string;
  readonly log: {
    readonly all: readonly StoredRecord[];
    softDelete(stream: string): Promise<void>;
    tombstone(stream: string): Promise<void>;
  };
  readonly faults: Faults;
  /** Calls arrive and are carried out; nothing is answered. */
  readonly silence: (silent: boolean) => void;
  readonly stop: () => void;
}

export const startNode: (options?: {
  /** File that keeps the log; in memory without. */
  readonly log?: string;
  readonly port?: number;
  readonly host?: string;
  /** False: only the classic append, one call each. */
  readonly batch?: boolean;
  readonly shares?: EventStoreDBNode;
}) => Promise<EventStoreDBNode>;
