import type { ConfigObject } from '../../domain/kernel/config-view.js';
import type { Secret, SecretRef } from '../../domain/kernel/secret.js';
import type { ClientIdentity, OutboundReply, SinkWays } from '../sink-ports.js';
import type { Ports } from '../ports.js';

/** One entry as it leaves: mapped, redacted, as the line that stands for it. The line alone is kept: many wait at a time. */
export interface SinkRecord {
  readonly entryId: string;
  readonly position: bigint;
  readonly action: string;
  readonly severity: 'notice' | 'warning' | 'alert';
  readonly occurredAt: string;
  /** Records of one key keep their order where a receiver spreads them. */
  readonly key: string;
  readonly line: string;
  /** The entry came of a sink's own work. */
  readonly ofSinks: boolean;
}

/** Records that are sent at once. `id` is the same whenever the same records are sent. */
export interface SinkBatch {
  readonly id: string;
  /** Name of the replay; null for the live feed. */
  readonly label: string | null;
  readonly records: readonly SinkRecord[];
}

export interface RefusedRecord {
  readonly index: number;
  readonly status: number | null;
  readonly failure: string;
  readonly body: string | null;
}

/** What became of a batch. Texts are the product's own; `body` is the receiver's and may quote what it was sent. */
export type SinkOutcome =
  /** Everything was taken but the records named, which never will be. */
  | { readonly outcome: 'delivered'; readonly refused: readonly RefusedRecord[] }
  /** To be tried again. */
  | {
      readonly outcome: 'failed';
      readonly status: number | null;
      readonly failure: string;
      readonly retryAfterMs: number | null;
    }
  /** Will be refused again as it stands. */
  | {
      readonly outcome: 'refused';
      readonly status: number | null;
      readonly failure: string;
      readonly body: string | null;
    }
  /** The receiver is gone for good. */
  | { readonly outcome: 'gone'; readonly failure: string };

/** The receiving end of one sink. */
export interface SinkEndpoint {
  /** Never throws: what goes wrong is an outcome. */
  deliver(batch: SinkBatch, signal: AbortSignal): Promise<SinkOutcome>;
  /**
   * For receivers that do not acknowledge: connects, and tells whether the connection is a new one, so that what was sent
   * shortly before is sent again. Answers an outcome when no connection comes about.
   */
  connect?(signal: AbortSignal): Promise<'same' | 'new' | SinkOutcome>;
  readonly rewindMs?: number;
  /** Records that one request may hold, where the kind has a limit of its own. */
  readonly maxRecords?: number;
  close(): Promise<void>;
}

/** What a kind needs to build its endpoint. */
export interface EndpointContext {
  readonly ways: SinkWays;
  readonly now: () => Date;
  readonly signWebhook: Ports['signWebhook'];
  /** The value of a secret field; null for an empty one. */
  readonly reveal: (reference: SecretRef | null) => Promise<string | null>;
  /** The secret that a field of a sink held before, as long as receivers may still know that one only. */
  readonly secretBefore: (sink: ConfigObject, field: string) => Promise<Secret | null>;
  /** Certificate and key to show to a receiver; null for an empty choice. */
  readonly identity: (certificateId: string | null) => Promise<ClientIdentity | null>;
}

export type OpenEndpoint<Values> = (context: EndpointContext, sink: ConfigObject<Values>) => SinkEndpoint;

export const delivered: SinkOutcome = { outcome: 'delivered', refused: [] };

export const failed = (failure: string): SinkOutcome => ({
  outcome: 'failed',
  status: null,
  failure,
  retryAfterMs: null,
});

/** Refusals that say nothing about the records: credentials, addresses, time and load. */
const aboutTheWay = [401, 403, 404, 408, 429];

/** The outcome that an answer by HTTP stands for; null when the receiver has taken the batch. */
export const refusalOf = (reply: OutboundReply): SinkOutcome | null => {
  if (reply.outcome !== 'answered')
    return failed(
      reply.outcome === 'refused'
        ? `The outbound guard refuses the address: ${reply.reason}.`
        : `The request failed: ${reply.reason}.`,
    );
  const { status, retryAfterMs, body } = reply;
  const failure = `The receiver answered ${String(status)}.`;
  if (status >= 200 && status < 300) return null;
  if (status === 410) return { outcome: 'gone', failure };
  if (status >= 400 && status < 500 && !aboutTheWay.includes(status))
    return { outcome: 'refused', status, failure, body };
  return {
    outcome: 'failed',
    status,
    failure: status >= 300 && status < 400 ? `${failure} Redirects are not followed.` : failure,
    retryAfterMs,
  };
};
