import type { PoolClient } from 'pg';
import type { EventStore, StoredEvent } from '../../../commands/ports.js';
import { OutcomeUnknown } from '../../../domain/kernel/store-errors.js';
import { Claims } from '../eventstoredb/claims.js';
import { Connection } from '../eventstoredb/connection.js';
import { Streams } from '../eventstoredb/streams.js';
import { pagesOf } from './compare-logs.js';

const maxRun = 100;
const maxRunBytes = 700 * 1024;
const tryMs = 30_000;

/** Neighbours of one stream go together, as far as one append takes them. */
const runsOf = (page: readonly StoredEvent[]): StoredEvent[][] => {
  const runs: StoredEvent[][] = [];
  let bytes = 0;
  for (const event of page) {
    const size = JSON.stringify(event.data).length + JSON.stringify(event.meta).length;
    const run = runs.at(-1);
    if (run && run[0]!.stream === event.stream && run.length < maxRun && bytes + size < maxRunBytes)
      run.push(event);
    else {
      runs.push([event]);
      bytes = 0;
    }
    bytes += size;
  }
  return runs;
};

const untilCertain = async <T>(work: () => Promise<T>): Promise<T> => {
  for (const until = Date.now() + tryMs; ;)
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OutcomeUnknown) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
};

/**
 * Appends the events behind a position to the streams of an EventStoreDB, each at its own revision, one after the other so
 * that the order stays; then the claims. Appending again what is there changes nothing.
 */
export const copyToEventStoreDB = async (options: {
  readonly from: EventStore;
  readonly after: bigint;
  readonly url: string;
  readonly client: PoolClient;
  readonly onCopied: (count: number) => void;
}): Promise<void> => {
  const connection = new Connection(options.url);
  try {
    const streams = new Streams(connection);
    for await (const page of pagesOf(options.from, options.after))
      for (const run of runsOf(page)) {
        const { stream, revision } = run[0]!;
        const expected = revision === 0 ? 'no_stream' : revision - 1;
        await untilCertain(() => streams.append({ stream, expected, events: run }));
        options.onCopied(run.length);
      }
    const claims = new Claims(connection, streams, { exists: () => Promise.resolve(false) });
    const { rows } = await options.client.query<{
      kind: string;
      hash: string;
      stream: string;
      firstId: string;
    }>(
      `select c.kind, c.hash, c.stream, e.id as "firstId"
         from es.claim c join es.event e on e.stream = c.stream and e.revision = 0`,
    );
    for (const { firstId, ...claim } of rows) {
      const evidence = { intent: firstId, stream: claim.stream, revision: 0, firstId };
      await untilCertain(() => claims.adopt({ op: 'take', ...claim }, evidence));
    }
  } finally {
    await connection.close();
  }
};
