import { expect, it } from 'vitest';
import { sinkHistoryOf } from '../../../ui/src/admin/sinks/sink-history.js';

const now = Date.parse('2026-03-01T12:05:00Z');
const sample = (at: string, delivered: number, lagEntries: number) => ({
  at,
  delivered: String(delivered),
  lagEntries,
});

it('counts what was delivered between samples, and tells the most that a sink was behind', () => {
  const { buckets, delivered, behind } = sinkHistoryOf(
    [
      sample('2026-03-01T11:49:00Z', 1000, 7),
      sample('2026-03-01T11:52:00Z', 1010, 3),
      sample('2026-03-01T11:59:00Z', 1030, 9),
      // Forgotten and made anew.
      sample('2026-03-01T12:01:00Z', 4, 0),
      sample('2026-03-01T12:04:00Z', 9, 2),
    ],
    1,
    now,
  );
  expect(new Date(buckets.fromMs + buckets.count * buckets.stepMs).toISOString()).toBe(
    '2026-03-01T12:10:00.000Z',
  );
  expect(delivered).toEqual([0, 0, 0, 0, 30, 5]);
  expect(behind).toEqual([0, 0, 0, 7, 9, 2]);
});
