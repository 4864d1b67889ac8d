import { expect, it } from 'vitest';
import { RowTail } from '../../../api/http/row-tail.js';

interface Row {
  readonly position: number;
}

const tailOf = (rows: Row[]): RowTail<Row> =>
  new RowTail(
    (after, limit) => Promise.resolve(rows.filter((row) => row.position > Number(after)).slice(0, limit)),
    () => BigInt(rows.length),
  );

it('B2: who stops following while nothing happens is let go at once', async () => {
  const rows: Row[] = [];
  const tail = tailOf(rows);
  let shown = 0;
  const follower = tail.follow((page) => {
    shown += page.length;
    return Promise.resolve(page);
  });
  const waiting = follower.next();
  await follower.return!();
  expect(await waiting).toEqual({ done: true, value: undefined });
  rows.push({ position: 1 });
  tail.notify();
  const other = tail.follow((page) => Promise.resolve(page));
  rows.push({ position: 2 });
  tail.notify();
  expect(await other.next()).toEqual({ done: false, value: { position: 2 } });
  expect(shown).toBe(0);
});

it('shows what came between two questions, and ends when there is nothing more to show', async () => {
  const rows: Row[] = [];
  const tail = tailOf(rows);
  const follower = tail.follow((page) => Promise.resolve(page.at(-1)!.position > 2 ? null : page));
  rows.push({ position: 1 }, { position: 2 });
  tail.notify();
  expect([(await follower.next()).value, (await follower.next()).value]).toEqual(rows);
  rows.push({ position: 3 });
  tail.notify();
  expect((await follower.next()).done).toBe(true);
});

it('R14: who reads nothing costs a bounded queue, is let go, and holds up nobody', async () => {
  const rows: Row[] = [];
  const tail = tailOf(rows);
  const lazy = tail.follow((page) => Promise.resolve(page));
  const first = lazy.next();
  const seen: number[] = [];
  const eager = tail.follow((page) => {
    seen.push(...page.map(({ position }) => position));
    return Promise.resolve([page.at(-1)!.position]);
  });
  const total = 5000;
  for (let n = 1; n <= total; n += 1) {
    rows.push({ position: n });
    if (n % 50 > 0) continue;
    tail.notify();
    while ((await eager.next()).value !== n);
  }
  expect(seen).toHaveLength(total);
  let last = ((await first).value as Row).position;
  for await (const { position } of lazy) {
    expect(position).toBe(last + 1);
    last = position;
  }
  // It was let go in the middle, without a gap before: from its last position it can go on.
  expect(last).toBeLessThan(2000);
});
