import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventType } from '../../../domain/kernel/event.js';
import { flag, list, text } from '../../../domain/kernel/field.js';
import { defineFamily, defineModel, type Model } from '../../../domain/kernel/model.js';
import { evolveModel, modelEventTypes, type ModelState } from '../../../domain/kernel/model-events.js';
import { upcast } from '../../../domain/kernel/upcast/upcast.js';

type Data = Record<string, unknown>;
const read = (models: readonly Model[], type: string, version: number, data: Data): Data =>
  upcast(modelEventTypes(models)[type]!, type, version, data);

describe('versions of events', () => {
  const moved = eventType(3, { to: z.string(), by: z.string() }, undefined, [
    ({ target, ...rest }) => ({ ...rest, to: target }),
    (data) => ({ ...data, by: 'unknown' }),
  ]);

  it('each older version passes the upcasters from its own on', () => {
    const present = { to: 'here', by: 'unknown' };
    expect(upcast(moved, 'thing.moved', 1, { target: 'here' })).toEqual(present);
    expect(upcast(moved, 'thing.moved', 2, { to: 'here' })).toEqual(present);
    expect(upcast(moved, 'thing.moved', 3, { to: 'here', by: 'me' })).toEqual({ to: 'here', by: 'me' });
  });

  it('a version of the future is refused by name', () => {
    expect(() => upcast(moved, 'thing.moved', 4, {})).toThrow('version 4 of thing.moved');
  });

  it('a new version without its upcaster cannot be declared', () => {
    expect(() => eventType(2, { to: z.string() })).toThrow('needs 1 upcasters');
  });
});

describe('changed declarations of models', () => {
  const old = defineModel('note', { fields: { title: text() }, label: 'title' });
  const now = defineModel('note', {
    fields: {
      name: text(),
      pinned: flag({ default: true, absent: false }),
      rows: list('NoteRow', { a: text(), b: text({ absent: '-' }) }, { key: ['a'], absent: [] }),
    },
    label: 'name',
    upcasters: [({ title, ...rest }) => (title === undefined ? rest : { ...rest, name: title })],
  });

  it('objects of the old shape fold into the new one, through renames, changes and deletion', () => {
    const events = [
      { type: 'note.created', version: 1, data: { title: 'one' } },
      { type: 'note.changed', version: 1, data: { set: { title: 'two' }, was: { title: 'one' } } },
      { type: 'note.changed', version: 2, data: { set: { rows: [{ a: 'x' }] }, was: { rows: [] } } },
    ].map(({ type, version, data }) => ({ type, data: read([now], type, version, data) }));
    expect(events.reduce<ModelState>(evolveModel(now), { status: 'absent' })).toMatchObject({
      values: { name: 'two', pinned: false, rows: [{ a: 'x', b: '-' }] },
    });
    expect(read([now], 'note.deleted', 1, { was: { title: 'two' } })).toEqual({
      was: { name: 'two', pinned: false, rows: [] },
    });
  });

  it('what an older version writes beside a newer one is completed too', () => {
    const current = defineModel('note', {
      fields: { title: text(), pinned: flag({ default: true, absent: false }) },
      label: 'title',
    });
    expect(modelEventTypes([old])['note.created']!.version).toBe(1);
    expect(read([current], 'note.created', 1, { title: 'late' })).toEqual({ title: 'late', pinned: false });
    expect(read([current], 'note.changed', 1, { set: { title: 'b' }, was: { title: 'a' } })).toEqual({
      set: { title: 'b' },
      was: { title: 'a' },
    });
  });

  it('kinds of a family share a version; their upcaster is told the kind', () => {
    const shape = defineFamily('shape', {
      fields: { name: text() },
      label: 'name',
      upcasters: [
        (values, kind) => (kind === 'circle' ? { ...values, radius: String(values['r']) } : values),
      ],
    });
    const kinds = [
      shape.kind('circle', { fields: { radius: text() } }),
      shape.kind('square', { fields: { side: text(), filled: flag({ absent: true }) } }),
    ] as unknown as readonly Model[];
    expect(read(kinds, 'shape.created', 1, { kind: 'circle', name: 'c', r: 3 })).toMatchObject({
      radius: '3',
    });
    expect(read(kinds, 'shape.created', 1, { kind: 'square', name: 's', side: '2' })).toEqual({
      kind: 'square',
      name: 's',
      side: '2',
      filled: true,
    });
  });
});
