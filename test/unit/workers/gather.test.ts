import { expect, it } from 'vitest';
import type { SinkRecord } from '../../../commands/sink/endpoint.js';
import type { AuditEntry } from '../../../domain/audit/entry.js';
import { gather } from '../../../workers/sink/gather.js';

const entries = Array.from({ length: 5000 }, (_, n) => ({
  position: String(n + 1),
  recordedAt: '2026-01-01T00:00:00.000Z',
  reason: n % 10 === 0 ? 'wanted' : 'other',
})) as unknown as AuditEntry[];
const toRecord = ({ position }: AuditEntry): SinkRecord =>
  ({ position: BigInt(position), line: position }) as SinkRecord;
const from = { position: 0n, until: null, batchUntil: null };

const gathering = async (
  count: number,
  filter: Parameters<typeof gather>[2],
): Promise<{ pages: number[]; found: Awaited<ReturnType<typeof gather>> }> => {
  const pages: number[] = [];
  const found = await gather(from, { count, bytes: 1e6 }, filter, toRecord, (after, limit) => {
    pages.push(limit);
    return Promise.resolve(entries.slice(Number(after), Number(after) + limit));
  });
  return { pages, found };
};

it('reads as many entries as a batch takes when all meet the filter', async () => {
  const { pages, found } = await gathering(100, { all: [] });
  expect(pages).toEqual([100]);
  expect(found).toMatchObject({ full: true, position: 100n });
});

it('reads on until a batch is full when few do, and skips none', async () => {
  const { found } = await gathering(100, { field: 'reason', is: ['wanted'] });
  expect(found.records.map(({ position }) => Number(position))).toEqual(
    Array.from({ length: 100 }, (_, n) => n * 10 + 1),
  );
  expect(found).toMatchObject({ full: true, position: 991n });
});
