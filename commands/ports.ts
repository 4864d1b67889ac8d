import type { ConfigView } from '../domain/kernel/config-view.js';
import type { RecordedEvent } from '../domain/kernel/event.js';
import type { Places } from './place-ports.js';
import type { Consent } from '../domain/access/consent/consent.js';
import type { GrantEnd } from '../domain/access/grant/events.js';
import type { SessionEndReason } from '../domain/access/session/events.js';
import type { LiveGrant } from '../domain/access/grant/grant.js';
import type { Id } from '../domain/kernel/ids.js';
import type { Secret, SecretRef } from '../domain/kernel/secret.js';
import type { Deliveries, Mailer, OutboundHttp, SignWebhook } from './delivery-ports.js';
import type { SinkPorts } from './sink-ports.js';
import type { FloodGate } from './flood-gate.js';
import type { SubjectRecords } from './privacy-ports.js';
import type { TokenSigner } from './signing-ports.js';
import type { SignalQueue } from './ssf-ports.js';

/** Where a stream must stand for an append to be accepted. A number is the last revision. */
export type ExpectedRevision = number | 'no_stream' | 'any';

/** An event ready to be stored: personal data sealed, no secret inside. */
export interface NewEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
  readonly meta: unknown;
  readonly at: Date;
}

export interface StreamAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** A uniqueness operation: `hash` is a keyed digest, so that the table tells nothing about values. */
export interface ClaimOperation {
  readonly op: 'take' | 'release';
  readonly kind: string;
  readonly hash: string;
  readonly stream: string;
}

/** A sealed secret. `ref` and `version` name it for ever; a new version replaces older ones after `expiresAt`. */
export interface VaultEntry {
  readonly ref: string;
  readonly version: number;
  readonly kind: string;
  readonly sealed: string;
  readonly fingerprint: string | null;
}

/** The remembered answer to a command, sealed, so that a repetition gets the same answer. */
export interface CommandRecord {
  readonly id: string;
  readonly requestHash: string;
  readonly sealedResult: string;
  readonly expiresAt: Date;
}

/** Everything that one command stores. All of it or nothing. */
export interface AppendBatch {
  readonly streams: readonly StreamAppend[];
  readonly claims: readonly ClaimOperation[];
  readonly vault: readonly VaultEntry[];
  readonly command: CommandRecord | null;
}

export type AppendResult =
  | { readonly outcome: 'appended'; readonly position: bigint }
  /** The same command was stored before: nothing was appended again. */
  | { readonly outcome: 'repeated'; readonly position: bigint; readonly command: CommandRecord | null };

/** An event as the store holds it. */
export interface StoredEvent {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
  readonly meta: unknown;
  readonly at: Date;
  readonly recordedAt: Date;
}

/**
 * The append-only log. Positions are ordered and, on stores with dense positions, gap-free.
 * Limits of the port: 500 events and 900 KB a batch, 256 KB an event, 200 bytes a stream name.
 */
export interface EventStore {
  readonly storeId: string;
  /** Throws `WrongVersion`, `ClaimTaken`, `TooLarge`, `OutcomeUnknown` (retry with the same ids), `StoreUnavailable`. */
  append(batch: AppendBatch): Promise<AppendResult>;
  /** Events of one stream from a revision on, oldest first; empty for an unknown stream. */
  readStream(
    stream: string,
    options?: { readonly from?: number; readonly limit?: number },
  ): Promise<readonly StoredEvent[]>;
  /** Up to `limit` events after a position, in order. */
  readAll(options: { readonly after: bigint; readonly limit: number }): Promise<readonly StoredEvent[]>;
  /** Pages of events after a position, for ever, until the signal aborts. */
  subscribe(options: {
    readonly after: bigint;
    readonly signal: AbortSignal;
  }): AsyncIterable<readonly StoredEvent[]>;
  /** Position of the last event; 0 for an empty log. */
  head(): Promise<bigint>;
  /** The remembered answer of a command, or null. */
  findCommand(id: string): Promise<{ readonly command: CommandRecord; readonly position: bigint } | null>;
  readVault(ref: string, version: number): Promise<VaultEntry | null>;
  close(): Promise<void>;
}

export type UnsealedEvent = Pick<RecordedEvent, 'id' | 'type' | 'data' | 'meta'>;
export type SealedEvent = Pick<StoredEvent, 'data' | 'meta'>;

/** Seals and opens personal data in events, secrets, and the answers of commands. */
export interface Sealer {
  /** Seals what is personal in events; subjects that have no key yet get one. */
  sealEvents(events: readonly UnsealedEvent[], metaSubject: string): Promise<readonly SealedEvent[]>;
  openEvents(events: readonly StoredEvent[]): Promise<readonly RecordedEvent[]>;
  sealSecret(
    kind: string,
    ref: string,
    version: number,
    value: Secret,
  ): { readonly entry: VaultEntry; readonly reference: SecretRef };
  openSecret(entry: VaultEntry): Secret;
  /** Whether a presented text is the secret behind a reference, in constant time and without opening it. */
  matchesSecret(kind: string, reference: SecretRef, presented: string): boolean;
  sealResult(commandId: string, result: unknown): string;
  openResult(commandId: string, sealed: string): unknown;
  /** State of a run or a one-time value, bound to its id. */
  sealState(id: string, state: unknown): string;
  openState(id: string, sealed: string): unknown;
  /** Keyed digest of a value of one name space: claims, identifiers, token keys. */
  digest(purpose: 'claim' | 'identifier' | 'token', scope: string, value: string): string;
}

export interface Clock {
  now(): Date;
}

export interface Identifiers {
  /** Time-ordered random UUID. */
  next<Kind extends string>(kind: Kind): Id<Kind>;
  /** The same UUID for the same name, always. */
  named<Kind extends string>(kind: Kind, name: string): Id<Kind>;
  /** Text of `bytes` random bytes, base64url. */
  randomText(bytes: number): string;
  /** Hexadecimal SHA-256. */
  sha256(text: string): string;
  /** SHA-256 in base64url without padding. */
  sha256Base64Url(text: string): string;
}

/** Slow hashing of passwords that people choose. Bounded: waits at most a second for a place, then `RATE_LIMITED`. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(hash: string, password: string): Promise<boolean>;
  /** Costs what `verify` costs, for accounts that do not exist or have no password. */
  verifyNothing(password: string): Promise<void>;
}

/** Counters with an age, shared by all processes of a site. Losing them is only a delay. */
export interface Counters {
  /** Adds one to each counter before anything is checked and returns the new values. */
  increment(keys: readonly { readonly key: string; readonly windowMs: number }[]): Promise<readonly number[]>;
  /** After a success: forgets some counters and takes this attempt back from others. */
  settle(keys: { readonly reset: readonly string[]; readonly decrement: readonly string[] }): Promise<void>;
}

/** Limits that an operator may set. */
export interface Limits {
  readonly loginFailuresPerIp: number;
  readonly loginFailuresPerAccount: number;
  readonly flowStartsPerIp: number;
}

/** The user a name, an address or an id leads to, as far as commands need to know. */
export interface UserRecord {
  readonly id: Id<'user'>;
  readonly number: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly isActive: boolean;
  readonly type: string;
  readonly path: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly credential: SecretRef | null;
  readonly groupIds: readonly Id<'group'>[];
}

/** Some of many members; `after` null for the first. */
export interface MemberPage {
  readonly after: string | null;
  readonly limit: number;
}

export interface UserLookup {
  byId(id: string): Promise<UserRecord | null>;
  byNumber(number: number): Promise<UserRecord | null>;
  /** The user whose number, a hyphen and the id of the installation have this hexadecimal SHA-256. */
  byHashedNumber(hash: string): Promise<UserRecord | null>;
  byIdentifier(
    identifier: string,
    fields: readonly string[],
    caseInsensitive: boolean,
  ): Promise<UserRecord | null>;
  /** Active direct members of any of the groups: all, or as many as asked for, in order, after one. */
  memberIds(groupIds: readonly string[], page?: MemberPage): Promise<readonly Id<'user'>[]>;
  tokenIds(userId: string): Promise<readonly Id<'token'>[]>;
}

/** A person together with the life of the session he signed in with. */
export interface SubjectRecord {
  readonly user: UserRecord;
  /** When the session ends; null when it has ended already, or when there is none. */
  readonly sessionUntil: Date | null;
}

export interface RunningImpersonation {
  readonly sessionId: Id<'session'>;
  readonly expiresAt: Date;
  readonly administrator: UserRecord;
  readonly target: UserRecord | null;
}

export interface SessionLookup {
  /** One look-up for both; null for an unknown user. Without a session only the user counts. */
  subject(userId: string, sessionId: string | null): Promise<SubjectRecord | null>;
  /** The newest of a user's sessions, as many as one append can end. */
  liveSessionsOf(userId: string): Promise<readonly Id<'session'>[]>;
  /** Some of the sessions that have no effect any more and have not been ended, with why. */
  lapsed(now: Date): Promise<readonly { readonly id: Id<'session'>; readonly reason: SessionEndReason }[]>;
  /** Running impersonations, with administrator and target as they are now; null for a deleted target. */
  impersonations(): Promise<readonly RunningImpersonation[]>;
}

/** Row of one run of a flow. Advanced by compare-and-set on `step`. */
export interface ExecutionRecord {
  readonly id: string;
  readonly flowId: Id<'flow'>;
  readonly browserHash: string;
  readonly step: number;
  /** Sealed plan and context. */
  readonly state: string;
  readonly expiresAt: Date;
}

export interface Executions {
  create(execution: ExecutionRecord): Promise<void>;
  load(id: string): Promise<ExecutionRecord | null>;
  /** Replaces the row when it still stands at `expectedStep`; false when somebody else was first. */
  advance(execution: ExecutionRecord, expectedStep: number): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Gives a browser's open runs its new secret, so that other tabs go on after a login. */
  rebind(fromBrowserHash: string, toBrowserHash: string): Promise<void>;
}

/** Short-lived sealed values that are looked at or taken once: authorization requests, codes. */
export interface OneTimeValues {
  put(key: string, sealed: string, expiresAt: Date): Promise<void>;
  peek(key: string): Promise<string | null>;
  take(key: string): Promise<string | null>;
}

/** The operator's choice on acting as somebody else. */
export interface ImpersonationSettings {
  readonly enabled: boolean;
  readonly durationMs: number;
}

/** Numbers that are handed out once. */
export interface Numbers {
  nextUserNumber(): Promise<number>;
}

/** How a group of read models stands, in one of its sets of tables. */
export interface GroupStatus {
  readonly name: string;
  readonly version: number;
  readonly schema: string;
  /** `building` tables are not read yet. */
  readonly state: 'building' | 'live';
  readonly position: bigint;
  /** What it has yet to apply: events by position, and the age of the first of them. */
  readonly lagEvents: number;
  readonly lagSeconds: number;
  /** The event at which it has halted, and why. */
  readonly halt: { readonly position: bigint; readonly failure: string; readonly since: Date } | null;
  readonly startedAt: Date;
}

/** The read models as a whole: lets a command wait for them, and an administrator mend them. */
export interface ReadModels {
  /** Throws `PROJECTION_BEHIND` when the groups have not reached the position in time. */
  waitFor(position: bigint, timeoutMs: number, groups?: readonly string[]): Promise<void>;
  status(): Promise<readonly GroupStatus[]>;
  /** Lets a halted group try again at once, in whatever process it runs. */
  retry(group: string): Promise<void>;
  /** Starts to make the tables of a group anew, in a process of its own. */
  rebuild(group: string): Promise<void>;
}

/** What a grant's read model tells; the log decides. */
export interface GrantRecord {
  readonly state: LiveGrant;
  readonly revision: number;
  readonly revoked: boolean;
  readonly subject: SubjectRecord;
}

export interface GrantLookup {
  byId(grantId: string): Promise<GrantRecord | null>;
  /** The newest of what clients were given for a user, as many as one append can end. */
  liveGrantsOf(userId: string): Promise<readonly Id<'grant'>[]>;
  /** Some of the grants that have no effect any more and have not been revoked, with why. */
  lapsed(): Promise<readonly { readonly id: Id<'grant'>; readonly cause: GrantEnd }[]>;
  consentOf(userId: string, applicationId: string): Promise<Consent>;
}

export interface Inbox {
  /** Notifications that a person has not seen yet, among the named ones or among all, newest first. */
  unseenOf(userId: string, among: readonly string[] | null): Promise<readonly Id<'notification'>[]>;
  /** Those of the named notifications that a person has seen. */
  seenOf(userId: string, among: readonly string[]): Promise<readonly Id<'notification'>[]>;
}

/** What the read model of the past tells; the log decides. */
export interface HistoryLookup {
  /** Which thing an event changed; null for events that change nothing with a history. */
  placeOf(eventId: string): Promise<{ readonly category: string; readonly id: string } | null>;
  /** What one command ended, in order. */
  endedBy(commandId: string): Promise<
    readonly {
      readonly category: string;
      readonly id: string;
      readonly data: Readonly<Record<string, unknown>>;
    }[]
  >;
  /** Groups that a user was a direct member of at a position. */
  groupsOf(userId: string, position: bigint): Promise<readonly Id<'group'>[]>;
}

export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Everything that commands need from the outside. Joined to adapters in `bin` only. */
export interface Ports {
  readonly store: EventStore;
  readonly sealer: Sealer;
  readonly config: ConfigView;
  readonly clock: Clock;
  readonly places: Places;
  readonly ids: Identifiers;
  readonly hasher: PasswordHasher;
  readonly counters: Counters;
  readonly limits: Limits;
  readonly floods: FloodGate;
  readonly impersonation: ImpersonationSettings;
  readonly users: UserLookup;
  readonly sessions: SessionLookup;
  readonly grants: GrantLookup;
  readonly signer: TokenSigner;
  readonly inbox: Inbox;
  readonly subjects: SubjectRecords;
  readonly history: HistoryLookup;
  readonly outbound: OutboundHttp;
  readonly signWebhook: SignWebhook;
  readonly signals: SignalQueue;
  readonly sinks: SinkPorts;
  readonly mailer: Mailer;
  readonly deliveries: Deliveries;
  /** Where people reach the product, without a slash at the end; null when the operator has not said it. */
  readonly publicUrl: string | null;
  /** Compiles a pattern in a linear-time engine; null when it is none. */
  readonly compilePattern: (pattern: string) => ((value: string) => boolean) | null;
  /** Id of this installation; part of the default subject of tokens. */
  readonly installId: () => string;
  readonly executions: Executions;
  readonly oneTime: OneTimeValues;
  readonly numbers: Numbers;
  readonly readModels: ReadModels;
  readonly log: Logger;
}
