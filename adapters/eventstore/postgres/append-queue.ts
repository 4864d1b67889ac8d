import type { Pool } from 'pg';
import type { AppendBatch, AppendResult, CommandRecord } from '../../../commands/ports.js';
import {
  ClaimTaken,
  OutcomeUnknown,
  isConnectionFailure,
  StoreUnavailable,
  WrongVersion,
} from '../../../domain/kernel/store-errors.js';

interface Job {
  readonly batch: AppendBatch;
  readonly resources: readonly string[];
  readonly events: number;
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

const payloadOf = (jobs: readonly Job[]): string => {
  const streams: unknown[] = [];
  const events: unknown[] = [];
  const claims: unknown[] = [];
  const vault: unknown[] = [];
  const commands: unknown[] = [];
  jobs.forEach(({ batch }, a) => {
    for (const { stream, expected, events: streamEvents } of batch.streams) {
      const base = expected === 'any' ? null : expected === 'no_stream' ? -1 : expected;
      streams.push({
        a,
        stream,
        expected: base,
        first_id: streamEvents[0]?.id,
        last_id: streamEvents.at(-1)?.id,
      });
      streamEvents.forEach((event, index) =>
        events.push({
          ...event,
          o: events.length,
          a,
          stream,
          revision: base === null ? null : base + 1 + index,
        }),
      );
    }
    for (const claim of batch.claims) claims.push({ ...claim, a });
    for (const entry of batch.vault) vault.push({ ...entry, a });
    if (batch.command)
      commands.push({
        a,
        id: batch.command.id,
        request_hash: batch.command.requestHash,
        sealed_result: batch.command.sealedResult,
        expires_at: batch.command.expiresAt,
      });
  });
  return JSON.stringify({
    streams,
    events,
    ...(claims.length > 0 ? { claims } : {}),
    ...(vault.length > 0 ? { vault } : {}),
    ...(commands.length > 0 ? { commands } : {}),
  });
};

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

  enqueue(batch: AppendBatch): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const events = batch.streams.reduce((sum, stream) => sum + stream.events.length, 0);
      this.#waiting.push({ batch, resources: resourcesOf(batch), events, resolve, reject });
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
      const { rows } = await this.#pool.query<{ result: { head: string; refusals: Refusal[] } }>({
        name: 'es-append',
        text: 'select es.append($1::jsonb) as result',
        values: [payloadOf(jobs)],
      });
      this.#settle(jobs, rows[0]!.result);
    } catch (error) {
      await this.#recover(jobs, error);
    }
  }

  #settle(jobs: readonly Job[], result: { head: string; refusals: Refusal[] }): void {
    const refusals = new Map<number, Refusal>();
    for (const refusal of result.refusals) if (!refusals.has(refusal.a)) refusals.set(refusal.a, refusal);
    let position = BigInt(result.head);
    jobs.forEach((job, index) => {
      const refusal = refusals.get(index);
      if (!refusal) {
        position += BigInt(job.events);
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
