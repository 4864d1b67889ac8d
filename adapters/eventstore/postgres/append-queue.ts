import type { Pool } from 'pg';
import type { AppendBatch, AppendResult, CommandRecord } from '../../../commands/ports.js';
import {
  ClaimTaken,
  OutcomeUnknown,
  isConnectionFailure,
  StoreUnavailable,
  WrongVersion,
} from '../../../domain/kernel/store-errors.js';
import { textsWithinLimits } from '../limits.js';
import { appendCall, type FlushedAppend } from './append-call.js';

interface Job extends FlushedAppend {
  readonly resources: readonly string[];
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

interface Refusal {
  readonly a: number;
  readonly code: 'repeated' | 'wrong_version' | 'claim_taken';
  readonly position?: string | null;
  readonly stream?: string;
  readonly kind?: string;
  readonly command?: Omit<CommandRecord, 'expiresAt'> & { expiresAt: string };
}

const maxJobsPerFlush = 256;

/** What two appends must not share within one flush: exact streams, claims, command ids. */
const resourcesOf = (batch: AppendBatch): string[] => [
  ...batch.streams.filter((stream) => stream.expected !== 'any').map((stream) => stream.stream),
  ...batch.claims.map((claim) => `${claim.kind}#${claim.hash}`),
  ...(batch.command ? [`#${batch.command.id}`] : []),
];

const toError = (error: unknown): Error => {
  if (isConnectionFailure(error)) return new OutcomeUnknown(error);
  return new StoreUnavailable(error);
};

/**
 * Folds waiting appends into one transaction: one flush in flight, the next one takes what has gathered meanwhile.
 * When a flush fails as a whole its appends are tried one by one, so that one bad append harms no other.
 */
export class AppendQueue {
  readonly #pool: Pool;
  #waiting: Job[] = [];
  #flushing = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Serialises at once, while the flush before is still on its way. */
  enqueue(batch: AppendBatch): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const texts = textsWithinLimits(batch);
      this.#waiting.push({ batch, texts, resources: resourcesOf(batch), resolve, reject });
      if (!this.#flushing) {
        this.#flushing = true;
        queueMicrotask(() => void this.#run());
      }
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#flush(this.#take());
    this.#flushing = false;
  }

  #take(): Job[] {
    const used = new Set<string>();
    const taken: Job[] = [];
    const left: Job[] = [];
    for (const job of this.#waiting) {
      const free = taken.length < maxJobsPerFlush && job.resources.every((resource) => !used.has(resource));
      for (const resource of job.resources) used.add(resource);
      (free ? taken : left).push(job);
    }
    this.#waiting = left;
    return taken;
  }

  async #flush(jobs: readonly Job[]): Promise<void> {
    try {
      const { rows } = await this.#pool.query<{ result: { head: string; refusals: Refusal[] } }>(
        appendCall(jobs),
      );
      this.#settle(jobs, rows[0]!.result);
    } catch (error) {
      await this.#recover(jobs, error);
    }
  }

  #settle(jobs: readonly Job[], result: { head: string; refusals: Refusal[] }): void {
    const refusals = new Map<number, Refusal>();
    for (const refusal of result.refusals) {
      const first = refusals.get(refusal.a);
      // A repeated batch is told stream by stream: it stands where the last of them does.
      const isLater =
        first?.code === 'repeated' && BigInt(refusal.position ?? 0) > BigInt(first.position ?? 0);
      if (!first || isLater) refusals.set(refusal.a, { ...first, ...refusal });
    }
    let position = BigInt(result.head);
    jobs.forEach((job, index) => {
      const refusal = refusals.get(index);
      if (!refusal) {
        position += BigInt(job.texts.length);
        job.resolve({ outcome: 'appended', position });
      } else if (refusal.code === 'repeated') {
        const command = refusal.command
          ? { ...refusal.command, expiresAt: new Date(refusal.command.expiresAt) }
          : null;
        job.resolve({ outcome: 'repeated', position: BigInt(refusal.position ?? 0), command });
      } else if (refusal.code === 'claim_taken') job.reject(new ClaimTaken(refusal.kind ?? ''));
      else job.reject(new WrongVersion(refusal.stream ?? ''));
    });
  }

  async #recover(jobs: readonly Job[], error: unknown): Promise<void> {
    if (jobs.length > 1 && !isConnectionFailure(error)) {
      for (const job of jobs) await this.#flush([job]);
      return;
    }
    for (const job of jobs) await this.#settleFailure(job, error);
  }

  /** An append with expected revision `any` meets its own earlier copy as a violated id. */
  async #settleFailure(job: Job, error: unknown): Promise<void> {
    const violated = error as { code?: string; constraint?: string };
    const lastId = job.batch.streams.at(-1)?.events.at(-1)?.id;
    if (violated.code === '23505' && violated.constraint === 'event_id' && lastId !== undefined) {
      const stored = await this.#pool
        .query<{ position: bigint }>('select position from es.event where id = $1', [lastId])
        .catch(() => null);
      const position = stored?.rows[0]?.position;
      if (position !== undefined) {
        job.resolve({ outcome: 'repeated', position, command: null });
        return;
      }
    }
    job.reject(toError(error));
  }
}
