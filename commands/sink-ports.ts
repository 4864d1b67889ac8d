/** What sinks need from the outside: connections under the guard, their cursors and what was refused. */
import type { Blockade } from './sink/blockade.js';

/** What a receiver that wants to know who connects is shown: PEM. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A request to an address that people configured, whose answer matters. */
export interface OutboundExchange {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly signal?: AbortSignal;
  readonly identity?: ClientIdentity | null;
  /** Certificates to trust in place of those of the machine, PEM. */
  readonly certificateAuthority?: string | null;
}

export type OutboundReply =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly headers: Readonly<Record<string, string>>;
      /** The beginning of the answer; it may quote what was sent. */
      readonly body: string;
    }
  | { readonly outcome: 'refused' | 'failed'; readonly reason: string };

/** The one way out, for sinks: the same guard as for webhooks, longer deadlines, answers that can be read. */
export interface OutboundExchanges {
  /** Never throws: what goes wrong is an answer. */
  exchange(request: OutboundExchange): Promise<OutboundReply>;
}

export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly transport: 'tcp' | 'tls';
  /** Certificates to trust in place of those of the machine, PEM. */
  readonly certificateAuthority: string | null;
  readonly identity: ClientIdentity | null;
}

/** An open connection. */
export interface OutboundSocket {
  /** Aborts when the connection has ended, whoever ended it. */
  readonly ended: AbortSignal;
  /** Resolves when the system has taken the bytes. Throws `OutboundFailure`. */
  write(bytes: string): Promise<void>;
  close(): void;
}

/** A connection that did not come about, or broke; the message is for people and quotes nothing of the address. */
export class OutboundFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutboundFailure';
  }
}

/** Connections that are no HTTP, under the same guard. Everything throws `OutboundFailure`. */
export interface OutboundSockets {
  connect(target: SocketTarget, signal: AbortSignal): Promise<OutboundSocket>;
  sendDatagram(target: { readonly host: string; readonly port: number }, message: string): Promise<void>;
}

/** Files below the folder that the operator set aside for sinks. */
export interface SinkFiles {
  /** Whether there is such a folder. */
  readonly available: boolean;
  /** Appends, flushes to disk, and makes a new file when this one is full. */
  append(
    file: { readonly name: string; readonly rotateBytes: number; readonly keep: number },
    text: string,
  ): Promise<void>;
}

/** What a cluster of Kafka is given. */
export interface KafkaMessage {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KafkaProducer {
  /** Waits until all replicas that count have the messages. */
  produce(topic: string, messages: readonly KafkaMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens producers. Throws `OutboundFailure`, also when the client is not installed. */
export type OpenKafka = (options: {
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
}) => Promise<KafkaProducer>;

/** Signs a request with Signature Version 4. */
export type SignAws = (
  request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  },
  credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly region: string;
    readonly service: string;
  },
  now: Date,
) => Promise<Readonly<Record<string, string>>>;

/** The ways out that sinks use. */
export interface SinkWays {
  readonly http: OutboundExchanges;
  readonly sockets: OutboundSockets;
  readonly files: SinkFiles;
  readonly openKafka: OpenKafka;
  readonly signAws: SignAws;
  readonly gzip: (text: string) => Promise<Uint8Array>;
  readonly sha256: (bytes: Uint8Array) => { readonly hex: string; readonly base64: string };
}

/** How far a sink has come: its live feed (`live`), or one replay. */
export interface SinkRun {
  readonly sinkId: string;
  readonly run: string;
  readonly label: string | null;
  /** Everything up to here was acknowledged, refused for good, or did not meet the filter. */
  readonly position: bigint;
  /** Where a replay ends; null for the live feed. */
  readonly until: bigint | null;
  /** Where the batch ends that is being retried, so that a repetition holds the same. */
  readonly batchUntil: bigint | null;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly failingSince: Date | null;
  readonly failure: string | null;
  readonly delivered: bigint;
  readonly deliveredAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface NewDeadLetter {
  readonly sinkId: string;
  readonly entryId: string;
  readonly position: bigint;
  readonly status: number | null;
  readonly failure: string;
  /** Sealed. */
  readonly body: string | null;
}

export interface DeadLetter extends NewDeadLetter {
  readonly state: 'open' | 'delivered' | 'skipped';
  readonly attempts: number;
  readonly createdAt: Date;
}

/** Cursors under locks that end with the connection: who has lost the lock cannot move a cursor either. */
export interface SinkConnection {
  readonly lost: AbortSignal;
  take(lane: string): Promise<boolean>;
  release(lane: string): Promise<void>;
  close(): Promise<void>;
  runsOf(sinkId: string): Promise<readonly SinkRun[]>;
  /** Makes the row of a run; one that exists stays as it is. */
  open(run: Pick<SinkRun, 'sinkId' | 'run' | 'label' | 'position' | 'until'>, now: Date): Promise<void>;
  save(run: SinkRun): Promise<void>;
  bury(letter: NewDeadLetter, now: Date): Promise<void>;
  /** Marks dead letters that were delivered after all, or that somebody has decided to leave. */
  settle(
    sinkId: string,
    entryIds: readonly string[],
    state: 'delivered' | 'skipped',
    now: Date,
  ): Promise<void>;
}

export interface SinkStatus {
  readonly sinkId: string;
  readonly runs: readonly SinkRun[];
  readonly deadLetters: number;
  /** Entries that the live feed has yet to look at, counted up to a limit, and the age of the first of them. */
  readonly lagEntries: number;
  readonly lagSeconds: number;
}

/** How a sink stood at a moment. */
export interface SinkSample {
  readonly at: Date;
  /** Records taken by the live feed, ever. */
  readonly delivered: bigint;
  readonly lagEntries: number;
  readonly lagSeconds: number;
}

/** What people and metrics are told of sinks. */
export interface SinkRecords {
  status(sinkIds: readonly string[]): Promise<readonly SinkStatus[]>;
  deadLetters(sinkId: string, limit: number): Promise<readonly DeadLetter[]>;
  deadLetter(sinkId: string, entryId: string): Promise<DeadLetter | null>;
  /** The last position before a time. */
  positionBefore(time: Date): Promise<bigint>;
  head(): Promise<bigint>;
  /** How many entries lie between two positions, counted up to a limit. */
  count(after: bigint, until: bigint): Promise<number>;
  /** The lowest position at which the live feed of one of these stands; null without one. */
  slowest(sinkIds: readonly string[]): Promise<bigint | null>;
  /** Age in seconds of the first entry that the live feed of a sink has yet to look at; 0 without one. */
  lagSeconds(sinkId: string): Promise<number>;
  /** Remembers for a day how sinks stood. */
  sample(statuses: readonly SinkStatus[], now: Date): Promise<void>;
  /** How a sink stood since a time, the oldest first. */
  samples(sinkId: string, since: Date): Promise<readonly SinkSample[]>;
  /** Sinks of which cursors or dead letters are kept, those that were deleted among them. */
  remembered(): Promise<readonly string[]>;
  /** Removes what is kept of a sink. */
  forget(sinkId: string): Promise<void>;
}

/** Everything that sinks need from the outside. */
export interface SinkPorts {
  readonly ways: SinkWays;
  readonly records: SinkRecords;
  readonly blockade: Blockade;
  /** Opens the connection under which one process delivers. */
  connect(): Promise<SinkConnection>;
}
