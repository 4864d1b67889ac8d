import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { AppendBatch, AppendResult, StoredEvent } from '../../commands/ports.js';
import { ClaimTaken, OutcomeUnknown, StoreUnavailable } from '../../domain/kernel/store-errors.js';
import { describeStores, randomText } from './adapters.js';
import { batch, claim, command, event, fresh } from './builders.js';

const giveUpMs = 25_000;

describeStores('outages', (subject) => {
  /** As the pipeline does: the same batch again, until the store tells. */
  const certain = async (mine: AppendBatch): Promise<AppendResult> => {
    const until = Date.now() + giveUpMs;
    for (;;)
      try {
        return await subject.store.append(mine);
      } catch (error) {
        const goesOn = error instanceof OutcomeUnknown || error instanceof StoreUnavailable;
        if (!goesOn || Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
  };

  /** Appends once while no answer comes back, then heals and asks again until the outcome is known. */
  const withLostAnswer = async (mine: AppendBatch): Promise<AppendResult> => {
    subject.server!.loseAnswers();
    try {
      await expect(subject.store.append(mine)).rejects.toBeInstanceOf(OutcomeUnknown);
    } finally {
      subject.server!.heal();
    }
    return certain(mine);
  };

  subject.holds('R1, R7: an append whose answer is lost is stored once', async () => {
    const stream = fresh();
    const mine = batch(stream, 'no_stream', [event(), event()]);
    const { position } = await withLostAnswer(mine);
    const stored = await subject.store.readStream(stream);
    expect(stored.map((item) => item.id)).toEqual(mine.streams[0]!.events.map((item) => item.id));
    expect(stored.at(-1)?.position).toBe(position);
  });

  subject.holds('R1, R7: a fact whose answer is lost is stored once', async () => {
    const stream = fresh();
    await certain(batch(stream, 'any', [event('before')]));
    await withLostAnswer(batch(stream, 'any', [event('mine')]));
    await certain(batch(stream, 'any', [event('after')]));
    expect((await subject.store.readStream(stream)).map((item) => item.data)).toEqual([
      'before',
      'mine',
      'after',
    ]);
  });

  subject.holds(
    'R1, R7: a batch with claim, secret and answer is stored once when its answer is lost',
    async () => {
      const [first, second, hash] = [fresh(), fresh(), randomText()];
      const entry = { ref: randomUUID(), version: 1, kind: 'k', sealed: 's', fingerprint: null };
      const mine: AppendBatch = {
        streams: [first, second].map((stream) => ({ stream, expected: 'no_stream', events: [event()] })),
        claims: [claim('take', hash, first)],
        vault: [entry],
        command: command(),
      };
      const { position } = await withLostAnswer(mine);
      expect(await subject.store.readStream(first)).toHaveLength(1);
      expect((await subject.store.readStream(second)).map((item) => item.position)).toEqual([position]);
      expect(await subject.store.readVault(entry.ref, 1)).toEqual(entry);
      expect(await subject.store.findCommand(mine.command!.id)).toEqual({ command: mine.command, position });
      const thief = fresh();
      await expect(
        certain(batch(thief, 'no_stream', [event()], { claims: [claim('take', hash, thief)] })),
      ).rejects.toBeInstanceOf(ClaimTaken);
    },
  );

  subject.holds(
    'R10: a server that takes everything and answers nothing is given up after a deadline of our own',
    async () => {
      const mine = batch(fresh(), 'no_stream', [event()]);
      subject.server!.silence();
      const started = Date.now();
      try {
        await expect(subject.store.append(mine)).rejects.toBeInstanceOf(OutcomeUnknown);
        expect(Date.now() - started).toBeLessThan(8000);
      } finally {
        subject.server!.heal();
      }
      await certain(mine);
      expect(await subject.store.readStream(mine.streams[0]!.stream)).toHaveLength(1);
    },
  );

  subject.holds(
    'R9: a restart of the server heals by itself, and a subscription goes on without gap or repetition',
    async () => {
      const { store } = subject;
      const start = await store.head();
      const abort = new AbortController();
      const seen: StoredEvent[] = [];
      const stored: string[] = [];
      const writing = new AbortController();
      const reading = (async () => {
        for await (const page of store.subscribe({ after: start, signal: abort.signal })) {
          seen.push(...page);
          if (writing.signal.aborted && seen.length >= stored.length) abort.abort();
        }
      })();
      const writers = Array.from({ length: 4 }, async () => {
        for (let n = 0; n < 30; n += 1) {
          const mine = batch(fresh(), 'no_stream', [event()]);
          await certain(mine);
          stored.push(mine.streams[0]!.events[0]!.id);
          if (stored.length % 40 === 0) await subject.server!.restart();
        }
      });
      await Promise.all(writers);
      writing.abort();
      await certain(batch(fresh(), 'no_stream', [event('last')]));
      await reading;
      expect(new Set(seen.map((item) => item.id)).size).toBe(seen.length);
      const ids = new Set(seen.map((item) => item.id));
      expect(stored.filter((id) => !ids.has(id))).toEqual([]);
    },
    60_000,
  );
});
