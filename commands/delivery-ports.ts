/** What leaves the product, and what waits to. */
import type { Secret } from '../domain/kernel/secret.js';

/** A POST to an address that people configured. The answer's body may belong to somebody else: it is read only where told. */
export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Certificates, PEM, of which one must have signed the receiver's; those that the machine trusts unless given. */
  readonly certificateAuthority?: string;
  /** How many bytes of the answer's body to read; none unless told. */
  readonly answerLimit?: number;
  readonly signal?: AbortSignal;
}

export type OutboundAnswer =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      readonly retryAfterMs: number | null;
      /** The answer's body where it was asked for and is no longer than the limit. */
      readonly text?: string;
    }
  /** `refused`: by the guard, before anything was sent. `reason` is for people and quotes nothing of the address. */
  | { readonly outcome: 'refused' | 'failed'; readonly reason: string };

/** The one way out: public addresses over https and the targets that the operator opened; no redirects; bounded. */
export interface OutboundHttp {
  /** Never throws: what goes wrong is an answer. */
  post(request: OutboundRequest): Promise<OutboundAnswer>;
}

/** Signature of a webhook as Standard Webhooks describes it: the value of the header `webhook-signature`. */
export type SignWebhook = (
  secret: Secret,
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
) => string;

/** One mail to one person. `messageId` is the same at each attempt, so that a mailbox can drop a repetition. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

export type MailAnswer =
  | { readonly outcome: 'accepted' }
  /** `status`: the server's answer where it gave one. `final`: another attempt would be answered the same. */
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly status: number | null;
      readonly final: boolean;
    };

/** The mail server of the installation. */
export interface Mailer {
  /** Address that mails come from; null when no server is configured. */
  readonly from: string | null;
  /** Never throws: what goes wrong is an answer, in the product's own words. */
  send(mail: Mail): Promise<MailAnswer>;
}

/** Something to deliver: references only, made into text when it is sent. */
export interface NewDelivery {
  readonly id: string;
  /** Deliveries of one lane leave in order; a failing one holds up its own lane only. */
  readonly lane: string;
  readonly reference: Readonly<Record<string, unknown>>;
}

export interface Delivery extends NewDelivery {
  readonly attempts: number;
  readonly createdAt: Date;
}

/** What a reactor remembers under one of its keys. */
export interface Remembered {
  /** Plain data without anything personal. */
  readonly state: unknown;
  /** When there is something to do although nothing happens; null for never. */
  readonly dueAt: Date | null;
}

/** What a reactor has decided, stored together. */
export interface ReactorStep {
  readonly position: bigint;
  readonly deliveries: readonly NewDelivery[];
  /** What changes in its memory; null forgets. */
  readonly memory?: ReadonlyMap<string, Remembered | null>;
}

/** Deliveries that wait, how far each reactor has come in what it looks at, and what it remembers of that. */
export interface Outbox {
  /**
   * Lets a reactor decide what follows after its checkpoint, from what it remembers; stores deliveries, memory and the new
   * checkpoint together. `busy`: another process was quicker, nothing is stored. `idle`: there was nothing to decide.
   */
  advance(
    reactor: string,
    decide: (after: bigint, remembered: ReadonlyMap<string, Remembered>) => Promise<ReactorStep | null>,
  ): Promise<'advanced' | 'busy' | 'idle'>;
  /** Opens the connection under which one process delivers. */
  openLanes(reactor: string): Promise<OutboxLanes>;
}

/** How one attempt went. `status`: the receiver's answer where it gave one. */
export interface Attempt {
  readonly status: number | null;
  readonly latencyMs: number;
}

/** What people do with deliveries that are over. */
export interface Deliveries {
  /** Lets them leave again, in their lanes and under their ids. Answers how many: what waits already is passed over. */
  resend(ids: readonly string[]): Promise<number>;
  /** Drops what was given up or waits. Answers how many. */
  skip(ids: readonly string[]): Promise<number>;
}

/** Lanes of one reactor, under locks that end with the connection, however the process ends. */
export interface OutboxLanes {
  /** Aborts when the connection is lost, and every lock with it. */
  readonly lost: AbortSignal;
  /** Lanes with something to deliver, and in how many milliseconds their first is due. */
  waiting(): Promise<readonly { readonly lane: string; readonly inMs: number }[]>;
  /** False when another process delivers on the lane. */
  take(lane: string): Promise<boolean>;
  release(lane: string): Promise<void>;
  /** The first delivery of a lane if it is due. */
  first(lane: string): Promise<Delivery | null>;
  /** `attempt` is null when nothing was sent. Answers the next delivery of the lane if it is due. */
  finish(
    delivery: Delivery,
    status: 'delivered' | 'dropped' | 'parked',
    failure: string | null,
    attempt: Attempt | null,
  ): Promise<Delivery | null>;
  retry(id: string, inMs: number, failure: string, attempt: Attempt): Promise<void>;
  close(): Promise<void>;
}

/** Work at intervals that one process does for the whole site, whichever it is. */
export interface ScheduledJobs {
  /** A run that fails is logged and tried at the next interval. To be called before `start`. */
  every(name: string, intervalMs: number, run: () => Promise<void>): void;
  start(): void;
  /** Waits for a run that is under way. */
  stop(): Promise<void>;
}
