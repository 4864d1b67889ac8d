import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { OutcomeUnknown, WrongVersion } from '../../domain/kernel/store-errors.js';
import { describeStores } from './adapters.js';
import { batch, command, event, fresh } from './builders.js';

describeStores('secrets and remembered answers', (subject) => {
  subject.holds('R7: remembers the answer of a command and gives it to a repetition', async () => {
    const { store } = subject;
    const mine = command();
    const { position } = await store.append(batch(fresh(), 'no_stream', [event()], { command: mine }));
    const other = fresh();
    expect(await store.append(batch(other, 'no_stream', [event()], { command: mine }))).toEqual({
      outcome: 'repeated',
      position,
      command: mine,
    });
    expect(await store.readStream(other)).toEqual([]);
    expect(await store.findCommand(mine.id)).toEqual({ command: mine, position });
    expect(await store.findCommand(randomUUID())).toBeNull();
  });

  subject.holds('forgets the answer of a command after its time', async () => {
    const { store } = subject;
    const forgotten = command(new Date('2020-01-01T00:00:00Z'));
    await store.append(batch(fresh(), 'no_stream', [event()], { command: forgotten }));
    expect(await store.findCommand(forgotten.id)).toBeNull();
    expect(await store.append(batch(fresh(), 'no_stream', [event()], { command: forgotten }))).toMatchObject({
      outcome: 'appended',
    });
  });

  subject.holds(
    'R7: one command that runs ten times at once, each time with ids of its own, happens once',
    async () => {
      const { store } = subject;
      const mine = command();
      const id = event().id;
      const until = Date.now() + 20_000;
      const run = async (): Promise<string> => {
        const stream = fresh();
        for (;;)
          try {
            const attempt = batch(stream, 'no_stream', [{ ...event(), id }], { command: mine });
            return (await store.append(attempt)).outcome;
          } catch (error) {
            if (!(error instanceof OutcomeUnknown) || Date.now() > until) throw error;
          }
      };
      const start = await store.head();
      const outcomes = await Promise.all(Array.from({ length: 10 }, run));
      expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1);
      expect(await store.readAll({ after: start, limit: 100 })).toHaveLength(1);
    },
  );

  subject.holds('keeps secrets beside the events of the same append', async () => {
    const { store } = subject;
    const entry = { ref: randomUUID(), version: 1, kind: 'k', sealed: 's', fingerprint: null };
    await store.append(batch(fresh(), 'no_stream', [event()], { vault: [entry] }));
    expect(await store.readVault(entry.ref, 1)).toEqual(entry);
    expect(await store.readVault(entry.ref, 2)).toBeNull();
  });

  subject.holds('a refused append leaves no secret, and the next one may name it again', async () => {
    const { store } = subject;
    const stream = fresh();
    await store.append(batch(stream, 'no_stream', [event()]));
    const entry = { ref: randomUUID(), version: 1, kind: 'k', sealed: 'lost', fingerprint: null };
    await expect(
      store.append(batch(stream, 'no_stream', [event()], { vault: [entry] })),
    ).rejects.toBeInstanceOf(WrongVersion);
    expect(await store.readVault(entry.ref, 1)).toBeNull();
    const kept = { ...entry, sealed: 'kept' };
    await store.append(batch(stream, 0, [event()], { vault: [kept] }));
    expect(await store.readVault(entry.ref, 1)).toEqual(kept);
  });

  subject.holds(
    'of two appends that race with a secret of one name, the stored one has its own',
    async () => {
      const { store } = subject;
      const stream = fresh();
      const ref = randomUUID();
      const outcomes = await Promise.allSettled(
        ['one', 'two', 'three'].map((sealed) =>
          store.append(
            batch(stream, 'no_stream', [event(sealed)], {
              vault: [{ ref, version: 1, kind: 'k', sealed, fingerprint: null }],
            }),
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      const [stored] = await store.readStream(stream);
      expect((await store.readVault(ref, 1))?.sealed).toBe(stored?.data);
    },
  );

  subject.holds('a secret can be read as soon as somebody sees the event that names it', async () => {
    const { store } = subject;
    const reader = await subject.another();
    const abort = new AbortController();
    const start = await store.head();
    const rounds = 20;
    const reading = (async () => {
      let seen = 0;
      for await (const page of reader.subscribe({ after: start, signal: abort.signal })) {
        for (const { data } of page) expect(await reader.readVault(data as string, 1)).not.toBeNull();
        seen += page.length;
        if (seen >= rounds) abort.abort();
      }
    })();
    for (let n = 0; n < rounds; n += 1) {
      const ref = randomUUID();
      const entry = { ref, version: 1, kind: 'k', sealed: 's', fingerprint: null };
      await store.append(batch(fresh(), 'no_stream', [event(ref)], { vault: [entry] }));
    }
    await reading;
  });
});
