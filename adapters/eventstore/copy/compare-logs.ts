import { isDeepStrictEqual } from 'node:util';
import type { EventStore, StoredEvent } from '../../../commands/ports.js';

const pageSize = 500;

/** The events of a log in order, page by page. */
export async function* pagesOf(store: EventStore, after = 0n): AsyncIterable<readonly StoredEvent[]> {
  for (let last = after; ;) {
    const page = await store.readAll({ after: last, limit: pageSize });
    if (page.length === 0) return;
    yield page;
    last = page.at(-1)!.position;
  }
}

/** Whether two events are the same but for the place where they stand. */
export const isSameEvent = (one: StoredEvent, other: StoredEvent): boolean =>
  isDeepStrictEqual({ ...one, position: 0n }, { ...other, position: 0n });

/** Two logs do not hold the same events in the same order. */
export class LogsDiffer extends Error {
  constructor(position: bigint) {
    super(`the logs differ at position ${String(position)} of the first`);
    this.name = 'LogsDiffer';
  }
}

/** Reads both logs to their ends and hands on where each event stands in the one and in the other. Throws `LogsDiffer`. */
export const compareLogs = async (
  from: EventStore,
  to: EventStore,
  onPage: (pairs: readonly (readonly [bigint, bigint])[]) => Promise<void>,
): Promise<void> => {
  let last = 0n;
  for await (const page of pagesOf(from)) {
    const copied = await to.readAll({ after: last, limit: page.length });
    const pairs = page.map((event, index) => {
      const copy = copied[index];
      if (!copy || !isSameEvent(event, copy)) throw new LogsDiffer(event.position);
      return [event.position, copy.position] as const;
    });
    last = copied.at(-1)!.position;
    await onPage(pairs);
  }
  if ((await to.readAll({ after: last, limit: 1 })).length > 0) throw new LogsDiffer(await from.head());
};
