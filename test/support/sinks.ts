import { vi, expect } from 'vitest';
import { createModelCommand } from '../../commands/model/create-model.js';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import type { SinkRun } from '../../commands/sink-ports.js';
import type { Model } from '../../domain/kernel/model.js';
import { auditEntriesAfter, auditEntryOf } from '../../projections/audit/query.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import { startSinks, type SinkWorkers } from '../../workers/sink/start-sinks.js';
import type { Product } from './product.js';

let made = 0;

/** A clock that goes when it is told to. */
export class HandClock {
  #now = Date.now();

  readonly now = (): Date => new Date(this.#now);

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** Everything of the event log, in order, what has just been appended included. */
export const wholeLog = async (product: Product, after = 0n): Promise<readonly AuditEntry[]> => {
  await product.settle();
  const entries: AuditEntry[] = [];
  for (;;) {
    const page = await auditEntriesAfter(
      product.core.db,
      entries.length === 0 ? after : BigInt(entries.at(-1)!.position),
      500,
    );
    if (page.length === 0) return entries;
    entries.push(...page.map(auditEntryOf));
  }
};

/** Creates a sink of a kind that lets batches leave at once, unless told otherwise. */
export const createSink = async (
  product: Product,
  model: Model<any>,
  values: Record<string, unknown>,
): Promise<string> => {
  const { id } = await product.run(createModelCommand(model as Model), {
    values: { name: `sink ${String(++made)}`, batchSeconds: 0, ...values },
  });
  return id;
};

/** Lets things happen that entries of the event log tell of, a hundred a command. */
export const happen = async (product: Product, ...details: readonly string[]): Promise<void> => {
  for (const detail of details)
    await product.run(recordFactCommand, {
      type: 'activity.request.refused',
      data: { code: 'sink_test', subject: 'visitor-202601', userId: null, detail: { detail } },
    });
};

/** The sinks of a product at work under a clock of the test's own. */
export const workSinks = (
  product: Product,
  options: { readonly clock?: HandClock; readonly random?: () => number } = {},
): SinkWorkers => {
  const workers = startSinks({
    ports: options.clock ? { ...product.core.ports, clock: options.clock } : product.core.ports,
    read: async (after, limit) => (await auditEntriesAfter(product.core.db, after, limit)).map(auditEntryOf),
    ...(options.random ? { random: options.random } : {}),
  });
  const { notifications } = product.core;
  notifications.on('muniment_audit', workers.onNews);
  return {
    onNews: workers.onNews,
    onResumed: workers.onResumed,
    onShredded: workers.onShredded,
    stop: async () => {
      notifications.off('muniment_audit', workers.onNews);
      await workers.stop();
    },
  };
};

export const runOf = async (product: Product, sinkId: string, run = 'live'): Promise<SinkRun | undefined> => {
  const [status] = await product.core.ports.sinks.records.status([sinkId]);
  return status?.runs.find((one) => one.run === run);
};

/** Waits until a sink has come to the end of the log. */
export const caughtUp = (product: Product, sinkId: string, timeout = 20_000): Promise<void> =>
  vi.waitFor(
    async () => {
      const [status] = await product.core.ports.sinks.records.status([sinkId]);
      expect(status?.runs.length).toBeGreaterThan(0);
      expect(status?.lagEntries).toBe(0);
    },
    { timeout, interval: 25 },
  );
