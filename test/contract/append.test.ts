import { expect } from 'vitest';
import type { AppendBatch } from '../../commands/ports.js';
import { WrongVersion } from '../../domain/kernel/store-errors.js';
import { describeStores } from './adapters.js';
import { batch, event, followed, fresh } from './builders.js';

describeStores('appending', (subject) => {
  subject.holds('gives back what was appended, in order', async () => {
    const { store } = subject;
    const stream = fresh();
    const before = await store.head();
    const events = [
      event({ n: 1, text: 'ä "quoted" \\ \u2028' }),
      event({ n: 2, deep: { list: [1, null, true] } }),
    ];
    const result = await store.append(batch(stream, 'no_stream', events));
    const read = await store.readStream(stream);
    expect(
      read.map(({ id, type, version, data, meta, at, revision }) => ({
        id,
        type,
        version,
        data,
        meta,
        at,
        revision,
      })),
    ).toEqual(events.map((item, index) => ({ ...item, revision: index })));
    expect(result).toEqual({ outcome: 'appended', position: read[1]!.position });
    expect(read[0]!.position > before && read[1]!.position > read[0]!.position).toBe(true);
    expect(await store.head()).toBe(result.position);
    expect(await store.readAll({ after: before, limit: 10 })).toEqual(read);
    expect(Math.abs(Date.now() - read[0]!.recordedAt.getTime())).toBeLessThan(60_000);
  });

  subject.holds('positions are dense', async () => {
    const before = await subject.store.head();
    const { position } = await subject.store.append(batch(fresh(), 'no_stream', [event(), event()]));
    expect(position).toBe(before + 2n);
  });

  subject.holds('reads a stream from a revision on, and nothing of an unknown one', async () => {
    const { store } = subject;
    const stream = fresh();
    await store.append(batch(stream, 'no_stream', [event(1), event(2), event(3)]));
    expect((await store.readStream(stream, { from: 1, limit: 1 })).map((item) => item.data)).toEqual([2]);
    expect(await store.readStream(fresh())).toEqual([]);
  });

  subject.holds('a stream that was read before shows what others have appended since', async () => {
    const stream = fresh();
    const other = await subject.another();
    await subject.store.append(batch(stream, 'no_stream', [event(1)]));
    expect(await subject.store.readStream(stream)).toHaveLength(1);
    await other.append(batch(stream, 0, [event(2)]));
    expect((await subject.store.readStream(stream)).map((item) => item.data)).toEqual([1, 2]);
  });

  subject.holds('refuses an append whose stream stands elsewhere, and stores nothing of it', async () => {
    const { store } = subject;
    const stream = fresh();
    await store.append(batch(stream, 'no_stream', [event()]));
    const other = fresh();
    const attempt: AppendBatch = {
      ...batch(other, 'no_stream', [event()]),
      streams: [
        { stream: other, expected: 'no_stream', events: [event()] },
        { stream, expected: 5, events: [event()] },
      ],
    };
    await expect(store.append(attempt)).rejects.toBeInstanceOf(WrongVersion);
    await expect(store.append(batch(stream, 'no_stream', [event()]))).rejects.toBeInstanceOf(WrongVersion);
    await expect(store.append(batch(fresh(), 3, [event()]))).rejects.toBeInstanceOf(WrongVersion);
    expect(await store.readStream(other)).toEqual([]);
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  subject.holds('appends several streams as one, or not at all', async () => {
    const { store } = subject;
    const [first, second] = [fresh(), fresh()];
    const streams = [first, second].map((stream) => ({
      stream,
      expected: 'no_stream' as const,
      events: [event(stream)],
    }));
    const { position } = await store.append({ streams, claims: [], vault: [], command: null });
    expect(await store.readStream(first)).toHaveLength(1);
    expect((await store.readStream(second)).at(-1)?.position).toBe(position);
    expect(await store.head()).toBe(position);
  });

  subject.holds(
    'R7: the same events again are not stored twice, also after others have appended',
    async () => {
      const { store } = subject;
      const stream = fresh();
      const mine = batch(stream, 'no_stream', [event(), event()]);
      const first = await store.append(mine);
      const repeated = { outcome: 'repeated', position: first.position, command: null };
      expect(await store.append(mine)).toEqual(repeated);
      await store.append(batch(stream, 1, [event()]));
      expect(await store.append(mine)).toEqual(repeated);
      expect(await store.readStream(stream)).toHaveLength(3);
    },
  );

  subject.holds('R7: the same batch of several streams again is not stored twice', async () => {
    const { store } = subject;
    const names = [fresh(), fresh()];
    const streams = names.map((stream) => ({ stream, expected: 'no_stream' as const, events: [event()] }));
    const mine: AppendBatch = { streams, claims: [], vault: [], command: null };
    const { position } = await store.append(mine);
    await store.append(batch(names[1]!, 0, [event()]));
    expect(await store.append(mine)).toEqual({ outcome: 'repeated', position, command: null });
    expect(await store.readStream(names[0]!)).toHaveLength(1);
    expect(await store.readStream(names[1]!)).toHaveLength(2);
  });

  subject.holds('with any expected revision the event id decides', async () => {
    const { store } = subject;
    const stream = fresh();
    const mine = batch(stream, 'any', [event()]);
    await store.append(mine);
    await store.append(batch(stream, 'any', [event()]));
    expect(await store.append(mine)).toMatchObject({ outcome: 'repeated' });
    expect((await store.readStream(stream)).map((item) => item.revision)).toEqual([0, 1]);
  });

  subject.holds('R8: of a hundred appends at one revision exactly one is stored', async () => {
    const { store } = subject;
    const stream = fresh();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => store.append(batch(stream, 'no_stream', [event()]))),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof WrongVersion),
    ).toHaveLength(99);
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  subject.holds(
    'a reader that follows the log misses nothing of sixteen writers and keeps their order',
    async () => {
      const { store } = subject;
      const start = await store.head();
      const [writers, rounds] = [16, 25];
      const reading = followed(store, start, (seen) => seen.length >= writers * rounds * 2);
      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          const stream = fresh();
          for (let n = 0; n < rounds; n += 1)
            await store.append(
              batch(stream, n === 0 ? 'no_stream' : 2 * n - 1, [
                event({ writer, n: 2 * n }),
                event({ writer, n: 2 * n + 1 }),
              ]),
            );
        }),
      );
      const seen = await reading;
      expect(seen).toHaveLength(writers * rounds * 2);
      expect(new Set(seen.map((item) => item.id)).size).toBe(seen.length);
      for (let index = 1; index < seen.length; index += 1)
        expect(seen[index]!.position > seen[index - 1]!.position).toBe(true);
      for (let writer = 0; writer < writers; writer += 1)
        expect(
          seen
            .map((item) => item.data as { writer: number; n: number })
            .filter((data) => data.writer === writer)
            .map((data) => data.n),
        ).toEqual(Array.from({ length: rounds * 2 }, (_, n) => n));
      expect(await store.readAll({ after: start, limit: 5000 })).toEqual(seen);
    },
  );
});
