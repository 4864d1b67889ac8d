import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { choice, flag, list, text } from '../../../domain/kernel/field.js';
import { defineModel, type Fields } from '../../../domain/kernel/model.js';
import { brokenShapes, storedShapes, type StoredShapes } from '../../../domain/kernel/upcast/stored-shape.js';
import { models } from '../../../domain/models.generated.js';

const shapes = (fields: Fields): StoredShapes =>
  storedShapes([defineModel('note', { fields, label: Object.keys(fields)[0]! })]);
const base = { title: text(), state: choice('NoteState', ['open', 'done']) };

describe('a changed declaration is a changed event schema', () => {
  const old = shapes({
    ...base,
    maybe: text({ nullable: true }),
    late: flag({ absent: false }),
    rows: list('Row', { a: text() }, { key: ['a'] }),
  });

  it.each([
    ['a field that is gone', { title: text() }, 'note.state is gone'],
    ['a new field without a value for old objects', { ...base, extra: flag() }, 'note.extra is new'],
    [
      'another meaning of absence',
      { ...base, late: flag({ absent: true }) },
      'note.late counts as something else where it is absent',
    ],
    ['a renamed field', { ...base, name: text() }, 'note.name is new'],
    ['another kind', { ...base, title: choice('T', ['a']) }, 'note.title was text and is choice'],
    ['a removed value', { ...base, state: choice('NoteState', ['open']) }, 'note.state lost the value done'],
    ['null forbidden', { ...base, maybe: text() }, 'note.maybe forbids null'],
    [
      'a field of a row',
      { ...base, rows: list('Row', { a: text(), b: text() }, { key: ['a'] }) },
      'note.rows.b is new',
    ],
  ])('%s is named', (_name, fields, problem) => {
    expect(brokenShapes(old, shapes(fields))).toContain(problem);
  });

  it('new limits, new values, new models and new fields that say what absence means are none', () => {
    const now = {
      ...shapes({
        title: text({ max: 5 }),
        state: choice('NoteState', ['open', 'done', 'late']),
        maybe: text({ nullable: true }),
        late: flag({ absent: false }),
        rows: list('Row', { a: text({ max: 3 }), b: text({ absent: '-' }) }, { key: ['a'] }),
        extra: flag({ default: true, absent: false }),
      }),
      other: { version: 1, fields: {} },
    };
    expect(brokenShapes(old, now)).toEqual([]);
  });

  it('a new version vouches for its upcasters', () => {
    const renamed = storedShapes([
      defineModel('note', {
        fields: { name: text() },
        label: 'name',
        upcasters: [({ title, ...rest }) => ({ ...rest, ...(title === undefined ? {} : { name: title }) })],
      }),
    ]);
    expect(brokenShapes(old, renamed)).toEqual([]);
  });
});

it('the declared models still fold what was stored under models.lock.json', () => {
  const lock = JSON.parse(
    readFileSync(new URL('../../../domain/models.lock.json', import.meta.url), 'utf8'),
  ) as StoredShapes;
  expect(brokenShapes(lock, storedShapes(models))).toEqual([]);
  expect(lock, 'new models or values: run npm run generate').toEqual(storedShapes(models));
});
