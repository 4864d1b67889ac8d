import { expect } from 'vitest';
import { TooLarge } from '../../domain/kernel/store-errors.js';
import { describeStores } from './adapters.js';
import { batch, event, fresh } from './builders.js';

const several = (count: number, bytes: number) =>
  Array.from({ length: count }, () => event('x'.repeat(bytes)));

describeStores('limits', (subject) => {
  const refused = async (attempt: ReturnType<typeof batch>): Promise<void> => {
    await expect(subject.store.append(attempt)).rejects.toBeInstanceOf(TooLarge);
    for (const { stream } of attempt.streams)
      if (stream.length < 200) expect(await subject.store.readStream(stream)).toEqual([]);
  };

  subject.holds('500 events are stored, 501 refused', async () => {
    const stream = fresh();
    await subject.store.append(batch(stream, 'no_stream', several(500, 10)));
    expect(await subject.store.readStream(stream)).toHaveLength(500);
    await refused(batch(fresh(), 'no_stream', several(501, 10)));
  });

  subject.holds('an event of 255 KB is stored, one of 257 KB refused', async () => {
    const stream = fresh();
    await subject.store.append(batch(stream, 'no_stream', several(1, 255 * 1024)));
    expect(String((await subject.store.readStream(stream))[0]?.data)).toHaveLength(255 * 1024);
    await refused(batch(fresh(), 'no_stream', several(1, 257 * 1024)));
  });

  subject.holds('a batch of 890 KB is stored, one of 910 KB refused', async () => {
    const stream = fresh();
    await subject.store.append(batch(stream, 'no_stream', several(5, 178 * 1024)));
    expect(await subject.store.readStream(stream)).toHaveLength(5);
    await refused(batch(fresh(), 'no_stream', several(5, 182 * 1024)));
  });

  subject.holds('the limit of a batch counts all its streams', async () => {
    const streams = Array.from({ length: 5 }, () => ({
      stream: fresh(),
      expected: 'no_stream' as const,
      events: several(1, 182 * 1024),
    }));
    await refused({ streams, claims: [], vault: [], command: null });
  });

  subject.holds('a stream name of 200 bytes is stored, a longer one refused', async () => {
    const name = fresh().padEnd(200, 'x');
    await subject.store.append(batch(name, 'no_stream', [event()]));
    expect(await subject.store.readStream(name)).toHaveLength(1);
    await refused(batch(`${name}x`, 'no_stream', [event()]));
    await refused(batch(`note-${'ä'.repeat(98)}`, 'no_stream', [event()]));
  });
});
