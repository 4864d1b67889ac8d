import { expect, it } from 'vitest';
import type { Gathered } from '../../../workers/sink/gather.js';
import { GatheredAhead } from '../../../workers/sink/gathered-ahead.js';

const gathered: Gathered = { records: [], position: 9n, exhausted: true, full: false, oldest: null };

it('gives a batch once, and only to who stands right before it', async () => {
  const ahead = new GatheredAhead(() => 0);
  ahead.begin('live', 5n, () => Promise.resolve(gathered));
  expect(ahead.take('replay', 5n)).toBeNull();
  expect(await ahead.take('live', 5n)).toBe(gathered);
  expect(ahead.take('live', 5n)).toBeNull();
  ahead.begin('live', 5n, () => Promise.resolve(gathered));
  expect(ahead.take('live', 4n)).toBeNull();
  expect(ahead.take('live', 5n)).toBeNull();
});

it('keeps nothing after a failure, and a failed reading harms nobody who does not take it', async () => {
  const ahead = new GatheredAhead(() => 0);
  ahead.begin('live', 5n, () => Promise.reject(new Error('away')));
  ahead.drop('live');
  expect(ahead.take('live', 5n)).toBeNull();
  ahead.begin('live', 5n, () => Promise.reject(new Error('away')));
  await expect(ahead.take('live', 5n)).rejects.toThrow('away');
});

it('gives nothing that was read before an erasure, or more than two seconds ago', async () => {
  let now = 0;
  const ahead = new GatheredAhead(() => now);
  const begin = (): void => {
    ahead.begin('live', 5n, () => Promise.resolve(gathered));
  };
  begin();
  ahead.dropAll();
  expect(ahead.take('live', 5n)).toBeNull();
  begin();
  now = 2000;
  expect(await ahead.take('live', 5n)).toBe(gathered);
  begin();
  now = 4001;
  expect(ahead.take('live', 5n)).toBeNull();
});
