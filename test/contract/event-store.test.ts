import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryEventStore } from '../../adapters/eventstore/memory/memory-event-store.js';
import { logChannel } from '../../adapters/eventstore/postgres/bell.js';
import { PostgresEventStore } from '../../adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { Notifications } from '../../adapters/postgres/notifications.js';
import { createPool } from '../../adapters/postgres/pool.js';
import type {
  AppendBatch,
  ClaimOperation,
  EventStore,
  ExpectedRevision,
  NewEvent,
  StoredEvent,
} from '../../commands/ports.js';
import { ClaimTaken, TooLarge, WrongVersion } from '../../domain/kernel/store-errors.js';
import { createDatabase } from '../support/database.js';
import { Kysely, PostgresDialect } from 'kysely';

interface Opened {
  readonly store: EventStore;
  readonly close: () => Promise<void>;
}

const adapters: Record<string, () => Promise<Opened>> = {
  memory: () => Promise.resolve({ store: new MemoryEventStore(), close: () => Promise.resolve() }),
  postgres: async () => {
    const database = await createDatabase();
    const pool = createPool(database.connection, () => undefined);
    await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) }));
    const notifications = new Notifications(database.connection, [logChannel]);
    await notifications.connect();
    return {
      store: await PostgresEventStore.open(pool, notifications),
      close: async () => {
        await notifications.close();
        await pool.end();
        await database.drop();
      },
    };
  },
};

const event = (data: unknown = {}): NewEvent => ({
  id: randomUUID(),
  type: 'note.created',
  version: 1,
  data,
  meta: { m: 1 },
  at: new Date('2026-01-01T00:00:00.123Z'),
});
const batch = (
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
const fresh = (): string => `note-${randomUUID()}`;
const claim = (op: 'take' | 'release', hash: string, stream: string): ClaimOperation => ({
  op,
  kind: 'note.title',
  hash,
  stream,
});

describe.each(Object.keys(adapters))('event store contract: %s', (name) => {
  let store: EventStore;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ store, close } = await adapters[name]!());
  });
  afterAll(() => close());

  it('gives back what was appended, in order, with dense positions', async () => {
    const stream = fresh();
    const before = await store.head();
    const events = [
      event({ n: 1, text: 'ä "quoted" \\ \u2028' }),
      event({ n: 2, deep: { list: [1, null, true] } }),
    ];
    const result = await store.append(batch(stream, 'no_stream', events));
    expect(result).toEqual({ outcome: 'appended', position: before + 2n });
    const read = await store.readStream(stream);
    expect(
      read.map(({ id, type, version, data, meta, at, revision, position }) => ({
        id,
        type,
        version,
        data,
        meta,
        at,
        revision,
        position,
      })),
    ).toEqual(
      events.map((item, index) => ({ ...item, revision: index, position: before + BigInt(index) + 1n })),
    );
    expect(await store.head()).toBe(before + 2n);
  });

  it('reads a stream from a revision on, and nothing of an unknown one', async () => {
    const stream = fresh();
    await store.append(batch(stream, 'no_stream', [event(1), event(2), event(3)]));
    expect((await store.readStream(stream, { from: 1, limit: 1 })).map((item) => item.data)).toEqual([2]);
    expect(await store.readStream(fresh())).toEqual([]);
  });

  it('refuses an append whose stream stands elsewhere, and stores nothing of it', async () => {
    const stream = fresh();
    await store.append(batch(stream, 'no_stream', [event()]));
    const other = fresh();
    const attempt: AppendBatch = {
      streams: [
        { stream: other, expected: 'no_stream', events: [event()] },
        { stream, expected: 5, events: [event()] },
      ],
      claims: [],
      vault: [],
      command: null,
    };
    await expect(store.append(attempt)).rejects.toBeInstanceOf(WrongVersion);
    await expect(store.append(batch(stream, 'no_stream', [event()]))).rejects.toBeInstanceOf(WrongVersion);
    expect(await store.readStream(other)).toEqual([]);
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  it('appends several streams as one, or not at all', async () => {
    const [first, second] = [fresh(), fresh()];
    const streams = [first, second].map((stream) => ({
      stream,
      expected: 'no_stream' as const,
      events: [event()],
    }));
    await store.append({ streams, claims: [], vault: [], command: null });
    expect(await store.readStream(first)).toHaveLength(1);
    expect(await store.readStream(second)).toHaveLength(1);
  });

  it('R7: the same events again are not stored twice, also after others have appended', async () => {
    const stream = fresh();
    const mine = batch(stream, 'no_stream', [event(), event()]);
    const first = await store.append(mine);
    expect(await store.append(mine)).toEqual({
      outcome: 'repeated',
      position: first.position,
      command: null,
    });
    await store.append(batch(stream, 1, [event()]));
    expect(await store.append(mine)).toMatchObject({ outcome: 'repeated', position: first.position });
    expect(await store.readStream(stream)).toHaveLength(3);
  });

  it('with any expected revision the event id decides', async () => {
    const stream = fresh();
    const mine = batch(stream, 'any', [event()]);
    await store.append(mine);
    await store.append(batch(stream, 'any', [event()]));
    expect(await store.append(mine)).toMatchObject({ outcome: 'repeated' });
    expect((await store.readStream(stream)).map((item) => item.revision)).toEqual([0, 1]);
  });

  it('R8: of a hundred appends at one revision exactly one is stored', async () => {
    const stream = fresh();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => store.append(batch(stream, 'no_stream', [event()]))),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  it('R8: a value is claimed by one stream only, and free again after its release', async () => {
    const hash = randomUUID();
    const [first, second] = [fresh(), fresh()];
    await store.append(batch(first, 'no_stream', [event()], { claims: [claim('take', hash, first)] }));
    await expect(
      store.append(batch(second, 'no_stream', [event()], { claims: [claim('take', hash, second)] })),
    ).rejects.toBeInstanceOf(ClaimTaken);
    expect(await store.readStream(second)).toEqual([]);
    await store.append(batch(first, 0, [event()], { claims: [claim('release', hash, first)] }));
    await store.append(batch(second, 'no_stream', [event()], { claims: [claim('take', hash, second)] }));
  });

  it('R8: of a hundred parallel claims of one value exactly one is granted', async () => {
    const hash = randomUUID();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => {
        const stream = fresh();
        return store.append(batch(stream, 'no_stream', [event()], { claims: [claim('take', hash, stream)] }));
      }),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof ClaimTaken),
    ).toHaveLength(99);
  });

  it('a value passes from one stream to another within one append', async () => {
    const hash = randomUUID();
    const [first, second] = [fresh(), fresh()];
    await store.append(batch(first, 'no_stream', [event()], { claims: [claim('take', hash, first)] }));
    await store.append({
      streams: [
        { stream: first, expected: 0, events: [event()] },
        { stream: second, expected: 'no_stream', events: [event()] },
      ],
      claims: [claim('release', hash, first), claim('take', hash, second)],
      vault: [],
      command: null,
    });
    const third = fresh();
    await expect(
      store.append(batch(third, 'no_stream', [event()], { claims: [claim('take', hash, third)] })),
    ).rejects.toBeInstanceOf(ClaimTaken);
  });

  it('remembers the answer of a command and gives it to a repetition', async () => {
    const stream = fresh();
    const command = {
      id: randomUUID(),
      requestHash: 'h',
      sealedResult: 'sealed',
      expiresAt: new Date('2030-01-01T00:00:00Z'),
    };
    const { position } = await store.append(batch(stream, 'no_stream', [event()], { command }));
    expect(await store.append(batch(fresh(), 'no_stream', [event()], { command }))).toEqual({
      outcome: 'repeated',
      position,
      command,
    });
    expect(await store.findCommand(command.id)).toEqual({ command, position });
    expect(await store.findCommand(randomUUID())).toBeNull();
    const forgotten = { ...command, id: randomUUID(), expiresAt: new Date('2020-01-01T00:00:00Z') };
    await store.append(batch(fresh(), 'no_stream', [event()], { command: forgotten }));
    expect(await store.findCommand(forgotten.id)).toBeNull();
    expect(await store.append(batch(fresh(), 'no_stream', [event()], { command: forgotten }))).toMatchObject({
      outcome: 'appended',
    });
  });

  it('keeps secrets beside the events of the same append', async () => {
    const entry = { ref: randomUUID(), version: 1, kind: 'k', sealed: 's', fingerprint: null };
    await store.append(batch(fresh(), 'no_stream', [event()], { vault: [entry] }));
    expect(await store.readVault(entry.ref, 1)).toEqual(entry);
    expect(await store.readVault(entry.ref, 2)).toBeNull();
  });

  it('refuses what is above the limits and stores nothing of it', async () => {
    const stream = fresh();
    await expect(
      store.append(batch(stream, 'no_stream', [event('x'.repeat(260 * 1024))])),
    ).rejects.toBeInstanceOf(TooLarge);
    await expect(
      store.append(
        batch(
          stream,
          'no_stream',
          Array.from({ length: 501 }, () => event()),
        ),
      ),
    ).rejects.toBeInstanceOf(TooLarge);
    await expect(
      store.append(
        batch(
          stream,
          'no_stream',
          Array.from({ length: 5 }, () => event('x'.repeat(200 * 1024))),
        ),
      ),
    ).rejects.toBeInstanceOf(TooLarge);
    await expect(
      store.append(batch(`note-${'x'.repeat(200)}`, 'no_stream', [event()])),
    ).rejects.toBeInstanceOf(TooLarge);
    expect(await store.readStream(stream)).toEqual([]);
  });

  it('a reader that follows the log misses nothing of sixteen writers', async () => {
    const start = await store.head();
    const abort = new AbortController();
    const seen: StoredEvent[] = [];
    const expected = 16 * 25 * 2;
    const reading = (async () => {
      for await (const page of store.subscribe({ after: start, signal: abort.signal })) {
        seen.push(...page);
        if (seen.length >= expected) abort.abort();
      }
    })();
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let n = 0; n < 25; n += 1) await store.append(batch(fresh(), 'no_stream', [event(), event()]));
      }),
    );
    await reading;
    expect(seen.map((item) => item.position)).toEqual(
      Array.from({ length: expected }, (_, index) => start + BigInt(index) + 1n),
    );
  });

  it('a subscription resumes behind the position it is given', async () => {
    const { position } = await store.append(batch(fresh(), 'no_stream', [event('before')]));
    await store.append(batch(fresh(), 'no_stream', [event('after')]));
    const abort = new AbortController();
    for await (const page of store.subscribe({ after: position, signal: abort.signal })) {
      expect(page[0]?.data).toBe('after');
      abort.abort();
    }
  });

  it('reads the whole log in pages', async () => {
    let after = 0n;
    let count = 0n;
    for (;;) {
      const page = await store.readAll({ after, limit: 97 });
      const last = page.at(-1);
      if (!last) break;
      after = last.position;
      count += BigInt(page.length);
    }
    expect(count).toBe(await store.head());
  });
});
