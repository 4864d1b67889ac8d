import type { RecordedEvent } from '../domain/kernel/event.js';
import type { LogReader } from './projection.js';

/** Events of a page that somebody wants, opened, and the position at which the page ends. */
export interface OpenedPage {
  readonly events: readonly RecordedEvent[];
  readonly position: bigint;
}

interface Range {
  readonly after: bigint;
  readonly limit: number;
  /** Types to open; the others are only counted. */
  readonly handles: (type: string) => boolean;
  /** Position to stop behind; else the end of the log. */
  readonly until?: bigint;
}

/** Pages of the log up to its end. The next page is fetched and opened while the caller works on the one before. */
export async function* readAhead(log: LogReader, range: Range): AsyncGenerator<OpenedPage> {
  const fetch = async (after: bigint): Promise<OpenedPage | null> => {
    if (range.until !== undefined && after >= range.until) return null;
    const stored = await log.readAll({ after, limit: range.limit });
    const last = stored.at(-1);
    if (!last) return null;
    return {
      events: await log.openEvents(stored.filter(({ type }) => range.handles(type))),
      position: last.position,
    };
  };
  let coming = fetch(range.after);
  for (;;) {
    const page = await coming;
    if (!page) return;
    coming = fetch(page.position);
    // A failure is told when the page is asked for, if it ever is.
    coming.catch(() => undefined);
    yield page;
  }
}
