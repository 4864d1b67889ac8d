import { expect } from 'vitest';
import { describeStores } from './adapters.js';
import { batch, event, followed, fresh, wholeLog } from './builders.js';

describeStores('reading', (subject) => {
  subject.holds('a subscription resumes behind the position it is given', async () => {
    const { store } = subject;
    const { position } = await store.append(batch(fresh(), 'no_stream', [event('before')]));
    await store.append(batch(fresh(), 'no_stream', [event('after')]));
    const seen = await followed(store, position, (events) => events.length > 0);
    expect(seen[0]?.data).toBe('after');
  });

  subject.holds('a subscription ends when it is told to, also while nothing happens', async () => {
    const { store } = subject;
    const abort = new AbortController();
    const start = await store.head();
    const running = (async () => {
      for await (const page of store.subscribe({ after: start, signal: abort.signal }))
        expect(page).toEqual([]);
    })();
    setTimeout(() => {
      abort.abort();
    }, 50);
    await running;
  });

  subject.holds('a store shows at once what another one on the same log has appended', async () => {
    const { store } = subject;
    const other = await subject.another();
    const start = await store.head();
    const seeing = followed(store, start, (events) => events.length > 0);
    const { position } = await other.append(batch(fresh(), 'no_stream', [event('other')]));
    expect((await seeing)[0]).toMatchObject({ data: 'other', position });
    expect(await store.head()).toBe(position);
  });

  subject.holds('reads the whole log in pages of any size', async () => {
    const { store } = subject;
    await Promise.all(
      Array.from({ length: 20 }, () => store.append(batch(fresh(), 'no_stream', [event(), event()]))),
    );
    const inOne = await wholeLog(store);
    expect(inOne.at(-1)?.position).toBe(await store.head());
    expect((await wholeLog(store, 0n, 7)).map((item) => item.id)).toEqual(inOne.map((item) => item.id));
    const middle = inOne[Math.floor(inOne.length / 2)]!;
    expect(await store.readAll({ after: middle.position, limit: 5000 })).toEqual(
      inOne.filter((item) => item.position > middle.position),
    );
  });

  subject.holds(
    'a hundred thousand events are read and followed without loss, in order',
    async () => {
      const { store } = subject;
      const start = await store.head();
      const [appends, each] = [200, 500];
      for (let n = 0; n < appends; n += 10)
        await Promise.all(
          Array.from({ length: 10 }, (_, m) =>
            store.append(
              batch(
                fresh(),
                'no_stream',
                Array.from({ length: each }, () => event(n + m)),
              ),
            ),
          ),
        );
      const read = await wholeLog(store, start, 5000);
      expect(read).toHaveLength(appends * each);
      const seen = await followed(store, start, (events) => events.length >= appends * each);
      expect(seen.map((item) => item.id)).toEqual(read.map((item) => item.id));
      for (let index = 1; index < read.length; index += 1)
        if (read[index]!.position <= read[index - 1]!.position)
          expect.fail(`order broken at ${String(index)}`);
    },
    120_000,
  );
});
