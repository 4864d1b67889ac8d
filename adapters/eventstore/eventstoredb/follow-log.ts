import type { Readable } from 'node:stream';
import type { ResolvedEvent } from '@eventstore/db-client';
import type { StoredEvent } from '../../../commands/ports.js';
import type { Connection } from './connection.js';
import { toStoredEvent } from './event-shape.js';

const firstPauseMs = 50;
const longestPauseMs = 500;

/**
 * The log behind a position, for ever. The client does not resume a subscription: this one begins anew behind the last
 * event it has handed on. It is unfiltered, because servers have told filtered ones of positions not yet delivered.
 */
export async function* followLog(
  connection: Connection,
  options: { readonly after: bigint; readonly signal: AbortSignal },
  pageSize: number,
): AsyncIterable<readonly StoredEvent[]> {
  const { signal } = options;
  let { after } = options;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    const subscription = connection.subscribe(after === 0n ? null : after, pageSize);
    for await (const page of pagesOf(subscription, pageSize, signal)) {
      pauseMs = firstPauseMs;
      const events = page.flatMap((resolved) => toStoredEvent(resolved) ?? []);
      const fresh = events.filter((event) => event.position > after);
      after = fresh.at(-1)?.position ?? after;
      if (fresh.length > 0) yield fresh;
    }
    void subscription.unsubscribe().catch(() => undefined);
    await pause(pauseMs * (0.5 + Math.random()), signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** What has arrived, as soon as it has; ends when the subscription does or the signal aborts. */
async function* pagesOf(
  source: Readable,
  pageSize: number,
  signal: AbortSignal,
): AsyncIterable<readonly ResolvedEvent[]> {
  const over = { now: false };
  let wake: () => void = () => undefined;
  const end = (): void => {
    over.now = true;
    wake();
  };
  source.on('readable', () => {
    wake();
  });
  for (const event of ['error', 'end', 'close']) source.on(event, end);
  signal.addEventListener('abort', end);
  try {
    for (;;) {
      const page: ResolvedEvent[] = [];
      while (page.length < pageSize) {
        const next = source.read() as ResolvedEvent | null;
        if (next === null) break;
        page.push(next);
      }
      if (page.length > 0) yield page;
      else if (over.now || signal.aborted) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (over.now || source.readableLength > 0) resolve();
        });
    }
  } finally {
    signal.removeEventListener('abort', end);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
