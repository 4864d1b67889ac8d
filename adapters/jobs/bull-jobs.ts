import { Queue, Worker } from 'bullmq';
import type { ScheduledJobs } from '../../commands/delivery-ports.js';
import type { Logger } from '../../commands/ports.js';
import type { JobsBackend } from './jobs-backend.js';

const queueName = 'muniment';
/** How often each process looks whether the schedules are still there: a queue may lose what it holds. */
const reconcileMs = 60_000;

interface ScheduledJob {
  readonly intervalMs: number;
  readonly run: () => Promise<void>;
}

const openQueue = ({ connection, factory }: JobsBackend) =>
  new Queue(queueName, { connection: connection('queue') }, factory);

const openWorker = ({ connection, factory }: JobsBackend, run: (name: string) => Promise<void>) =>
  new Worker(
    queueName,
    (job) => run(job.name),
    { connection: connection('worker'), autorun: false },
    factory,
  );

/**
 * Schedules on BullMQ, in Postgres or in Redis. The queue holds names only, and is a hint: what a run does follows from
 * the log and from tables, and a schedule that is lost is made again.
 */
export class BullJobs implements ScheduledJobs {
  readonly #backend: JobsBackend;
  readonly #log: Logger;
  readonly #reconcileMs: number;
  readonly #jobs = new Map<string, ScheduledJob>();
  #queue: ReturnType<typeof openQueue> | null = null;
  #worker: ReturnType<typeof openWorker> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #outage = false;
  #reconciling = false;
  #stopping = false;
  #opening: Promise<void> = Promise.resolve();

  constructor(backend: JobsBackend, log: Logger, reconcileEveryMs = reconcileMs) {
    this.#backend = backend;
    this.#log = log;
    this.#reconcileMs = reconcileEveryMs;
  }

  every(name: string, intervalMs: number, run: () => Promise<void>): void {
    this.#jobs.set(name, { intervalMs, run });
  }

  start(): void {
    this.#opening = this.#open();
    this.#timer = setInterval(() => void this.#reconcile(), this.#reconcileMs);
    this.#timer.unref();
  }

  /** Opens the queue and a worker. What could not begin never gets better by itself: it is closed and made anew. */
  async #open(): Promise<void> {
    const onError = (error: unknown): void => {
      this.#noteOutage(error);
    };
    while (!this.#stopping) {
      try {
        await this.#backend.reachable();
      } catch (error) {
        onError(error);
        continue;
      }
      const queue = openQueue(this.#backend);
      const worker = openWorker(this.#backend, (name) => this.#run(name));
      queue.on('error', onError);
      worker.on('error', onError);
      try {
        await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
      } catch (error) {
        onError(error);
        await Promise.allSettled([worker.close(), queue.close()]);
        continue;
      }
      this.#queue = queue;
      this.#worker = worker;
      worker.run().catch(onError);
      void this.#reconcile();
      return;
    }
  }

  async #run(name: string): Promise<void> {
    try {
      await this.#jobs.get(name)?.run();
    } catch (error) {
      this.#log.warn({ err: error, job: name }, 'a scheduled job failed and is tried at its next interval');
    }
  }

  /** Makes the schedules that are missing. While the queue does not answer, one call waits for it. */
  async #reconcile(): Promise<void> {
    const queue = this.#queue;
    if (this.#reconciling || queue === null) return;
    this.#reconciling = true;
    try {
      for (const [name, { intervalMs }] of this.#jobs) {
        const scheduler = await queue.getJobScheduler(name);
        const late = (scheduler?.next ?? 0) < Date.now() - 2 * intervalMs;
        if (scheduler?.every !== intervalMs || late)
          await queue.upsertJobScheduler(
            name,
            { every: intervalMs },
            { name, opts: { removeOnComplete: true, removeOnFail: true } },
          );
      }
      this.#outage = false;
    } catch (error) {
      this.#noteOutage(error);
    } finally {
      this.#reconciling = false;
    }
  }

  #noteOutage(error: unknown): void {
    if (!this.#outage) this.#log.warn({ err: error }, 'the job queue does not answer; schedules wait');
    this.#outage = true;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#opening;
    await this.#worker?.close();
    await this.#queue?.close();
    await this.#backend.close();
  }
}
