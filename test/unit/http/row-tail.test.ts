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
