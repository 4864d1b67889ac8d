import { randomUUID } from 'node:crypto';
import type {
  AppendBatch,
  ClaimOperation,
  EventStore,
  ExpectedRevision,
  NewEvent,
  StoredEvent,
} from '../../commands/ports.js';

export const event = (data: unknown = {}): NewEvent => ({
  id: randomUUID(),
  type: 'note.created',
  version: 1,
  data,
  meta: { m: 1 },
  at: new Date('2026-01-01T00:00:00.123Z'),
});

export const batch = (
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  rest: Partial<AppendBatch> = {},
): AppendBatch => ({
  streams: [{ stream, expected, events }],
  claims: [],
  vault: [],
  command: null,
  ...rest,
});

export const fresh = (): string => `note-${randomUUID()}`;

export const claim = (op: 'take' | 'release', hash: string, stream: string): ClaimOperation => ({
  op,
  kind: 'note.title',
  hash,
  stream,
});

export const command = (
  expiresAt = new Date('2030-01-01T00:00:00Z'),
): NonNullable<AppendBatch['command']> => ({
  id: randomUUID(),
  requestHash: 'h',
  sealedResult: 'sealed',
  expiresAt,
});

/** Follows the log until enough has been seen. */
export const followed = async (
  store: EventStore,
  after: bigint,
  enough: (seen: readonly StoredEvent[]) => boolean,
): Promise<readonly StoredEvent[]> => {
  const abort = new AbortController();
  const seen: StoredEvent[] = [];
  for await (const page of store.subscribe({ after, signal: abort.signal })) {
    seen.push(...page);
    if (enough(seen)) abort.abort();
  }
  return seen;
};

/** The whole log behind a position, page by page. */
export const wholeLog = async (store: EventStore, after = 0n, limit = 500): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readAll({ after: events.at(-1)?.position ?? after, limit });
    if (page.length === 0) return events;
    events.push(...page);
  }
};
