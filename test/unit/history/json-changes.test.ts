import { describe, expect, it } from 'vitest';
import { jsonChanges, type JsonChange } from '../../../domain/history/json-changes.js';
import { randomNumbers } from '../../support/random.js';

const set = (document: unknown, path: string, value: unknown): unknown => {
  if (path === '') return value;
  const copy = structuredClone(document) as Record<string, unknown>;
  const keys = path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: Record<string, unknown> = copy;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const last = keys.at(-1)!;
  if (value !== undefined) at[last] = value;
  else if (Array.isArray(at)) at.length = Math.min(at.length, Number(last));
  else Reflect.deleteProperty(at, last);
  return copy;
};

const apply = (document: unknown, changes: readonly JsonChange[]): unknown =>
  changes.reduce((result, { path, after }) => set(result, path, after), document);

describe('the differences of two documents', () => {
  it('name each place by a JSON Pointer', () => {
    expect(
      jsonChanges(
        { name: 'a', list: ['x'], items: [{ url: 'u', n: 1 }], same: 1, 'a/b~': 1 },
        { name: 'b', list: ['x', 'y'], items: [{ url: 'u', n: 2 }, { url: 'v' }], same: 1, 'a/b~': 2 },
      ),
    ).toEqual([
      { path: '/name', before: 'a', after: 'b' },
      { path: '/list', before: ['x'], after: ['x', 'y'] },
      { path: '/items/0/n', before: 1, after: 2 },
      { path: '/items/1', before: undefined, after: { url: 'v' } },
      { path: '/a~1b~0', before: 1, after: 2 },
    ]);
  });

  it('applied to the first document give the second, whatever they are', () => {
    const random = randomNumbers(7);
    const documentOf = (depth: number): unknown => {
      const kind = random(depth === 0 ? 3 : 6);
      if (kind < 2) return random(3);
      if (kind === 2) return ['a', null, true][random(3)];
      if (kind === 3) return Array.from({ length: random(3) }, () => random(2));
      if (kind === 4)
        return Array.from({ length: random(3) }, () => ({ k: documentOf(depth - 1), n: random(2) }));
      return Object.fromEntries(
        ['a', 'b/c', 'd~'].slice(random(3)).map((key) => [key, documentOf(depth - 1)]),
      );
    };
    for (let round = 0; round < 2000; round += 1) {
      const [before, after] = [
        { x: documentOf(3), y: documentOf(2) },
        { x: documentOf(3), y: documentOf(2) },
      ];
      expect(apply(before, jsonChanges(before, after))).toEqual(after);
    }
  });
});
