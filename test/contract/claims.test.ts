import { expect } from 'vitest';
import { ClaimTaken, WrongVersion } from '../../domain/kernel/store-errors.js';
import { describeStores, randomText } from './adapters.js';
import { batch, claim, event, fresh } from './builders.js';

describeStores('claims', (subject) => {
  const take = (hash: string, stream: string) =>
    subject.store.append(batch(stream, 'no_stream', [event()], { claims: [claim('take', hash, stream)] }));

  subject.holds('R8: a value is claimed by one stream only, and free again after its release', async () => {
    const { store } = subject;
    const hash = randomText();
    const [first, second] = [fresh(), fresh()];
    await take(hash, first);
    await expect(take(hash, second)).rejects.toBeInstanceOf(ClaimTaken);
    expect(await store.readStream(second)).toEqual([]);
    await store.append(batch(first, 0, [event()], { claims: [claim('release', hash, first)] }));
    await take(hash, second);
    await expect(take(hash, fresh())).rejects.toBeInstanceOf(ClaimTaken);
  });

  subject.holds('R8: of a hundred parallel claims of one value exactly one is granted', async () => {
    const hash = randomText();
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => take(hash, fresh())));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof ClaimTaken),
    ).toHaveLength(99);
  });

  subject.holds('a value passes from one stream to another within one append', async () => {
    const { store } = subject;
    const hash = randomText();
    const [first, second] = [fresh(), fresh()];
    await take(hash, first);
    await store.append({
      ...batch(first, 0, [event()]),
      streams: [
        { stream: first, expected: 0, events: [event()] },
        { stream: second, expected: 'no_stream', events: [event()] },
      ],
      claims: [claim('release', hash, first), claim('take', hash, second)],
    });
    await expect(take(hash, fresh())).rejects.toBeInstanceOf(ClaimTaken);
    await store.append(batch(second, 0, [event()], { claims: [claim('release', hash, second)] }));
    await take(hash, fresh());
  });

  subject.holds('R8: an append that is refused leaves its claims free', async () => {
    const { store } = subject;
    const [taken, free] = [randomText(), randomText()];
    const stream = fresh();
    await take(taken, stream);
    const claims = (to: string) => [claim('take', free, to), claim('take', taken, to)];
    const refused = fresh();
    await expect(
      store.append(batch(refused, 'no_stream', [event()], { claims: claims(refused) })),
    ).rejects.toBeInstanceOf(ClaimTaken);
    await expect(
      store.append(batch(stream, 5, [event()], { claims: [claim('take', free, stream)] })),
    ).rejects.toBeInstanceOf(WrongVersion);
    await take(free, fresh());
  });

  subject.holds(
    'R8: two changes of one stream that take the same value: the one that is stored holds it',
    async () => {
      const { store } = subject;
      const hash = randomText();
      const stream = fresh();
      await store.append(batch(stream, 'no_stream', [event()]));
      const change = () =>
        store.append(batch(stream, 0, [event()], { claims: [claim('take', hash, stream)] }));
      const outcomes = await Promise.allSettled([change(), change(), change()]);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      await expect(take(hash, fresh())).rejects.toBeInstanceOf(ClaimTaken);
    },
  );

  subject.holds('a batch that takes a value again after its release is repeated without effect', async () => {
    const { store } = subject;
    const hash = randomText();
    const [first, second] = [fresh(), fresh()];
    const mine = batch(first, 'no_stream', [event()], { claims: [claim('take', hash, first)] });
    const { position } = await store.append(mine);
    await store.append(batch(first, 0, [event()], { claims: [claim('release', hash, first)] }));
    await take(hash, second);
    expect(await store.append(mine)).toEqual({ outcome: 'repeated', position, command: null });
    await expect(take(hash, fresh())).rejects.toBeInstanceOf(ClaimTaken);
  });

  subject.holds('R8: renames in a circle race: each value has one holder in the end', async () => {
    const { store } = subject;
    const hashes = [randomText(), randomText(), randomText()];
    const streams = [fresh(), fresh(), fresh()];
    await Promise.all(streams.map((stream, index) => take(hashes[index]!, stream)));
    const outcomes = await Promise.allSettled(
      streams.map((stream, index) =>
        store.append(
          batch(stream, 0, [event()], {
            claims: [
              claim('take', hashes[(index + 1) % 3]!, stream),
              claim('release', hashes[index]!, stream),
            ],
          }),
        ),
      ),
    );
    // None is free when it is asked for, unless its holder was quicker in giving it up.
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ClaimTaken);
    for (const hash of hashes) {
      const tries = await Promise.allSettled([take(hash, fresh()), take(hash, fresh())]);
      expect(tries.filter((outcome) => outcome.status === 'fulfilled').length).toBeLessThanOrEqual(1);
    }
  });
});
