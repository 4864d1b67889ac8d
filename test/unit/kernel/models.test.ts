import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../domain/kernel/errors.js';
import type { FieldSpec } from '../../../domain/kernel/field.js';
import { flag, secret, text } from '../../../domain/kernel/field.js';
import { defineFamily, defineModel, type Model } from '../../../domain/kernel/model.js';
import {
  changeModel,
  createModel,
  deleteModel,
  modelState,
  refuseConflicts,
} from '../../../domain/kernel/model-decisions.js';
import { storedSchema, type ModelEvent, type Values } from '../../../domain/kernel/model-events.js';
import { checkRules, parseCreate, parseUpdate, unsealedFields } from '../../../domain/kernel/model-input.js';
import { claimsOf } from '../../../domain/kernel/claims.js';
import { Secret } from '../../../domain/kernel/secret.js';
import { models } from '../../../domain/models.generated.js';
import { validValues } from '../../support/valid-values.js';

const note = defineModel('note', {
  fields: {
    title: text(),
    pinned: flag({ default: false }),
    key: secret({ nullable: true }),
    body: text({ min: 0, max: 10, default: '' }),
  },
  label: 'title',
  unique: ['title', { onlyOne: 'pinned' }],
  when: { body: { pinned: [true] } },
  required: ['body'],
}) as unknown as Model;

const present = (values: Values): ReturnType<typeof modelState> =>
  modelState(note, [{ type: 'note.created', data: values }]);
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
  return 'nothing thrown';
};

describe.each(models.map((model) => [model.name, model] as const))('model %s', (_name, model) => {
  const values = validValues(model);

  it('accepts its own defaults and gives a state that its stored schema accepts', () => {
    const parsed = parseCreate(model, values);
    const sealed = Object.fromEntries(
      Object.entries(parsed).map(([name, value]) => [
        name,
        value instanceof Secret ? { ref: 'r', version: 1, fingerprint: 'f' } : value,
      ]),
    );
    const stored = Object.fromEntries(Object.keys(model.specs).map((name) => [name, sealed[name] ?? null]));
    expect(storedSchema(model).safeParse(stored).error?.issues ?? []).toEqual([]);
  });

  it('an empty patch gives no event', () => {
    const parsed = parseUpdate(model, {});
    expect(parsed).toEqual({});
    const state = { status: 'present' as const, kind: model.kind, values: {} };
    expect(changeModel(model, state, parsed)).toEqual([]);
  });

  it('refuses unknown fields', () => {
    expect(codeOf(() => parseCreate(model, { ...values, notAField: 1 }))).toBe('INVALID_INPUT');
    expect(codeOf(() => parseUpdate(model, { id: '1' }))).toBe('INVALID_INPUT');
  });

  it('has no place for a plain secret in what is stored', () => {
    const secrets = Object.entries(model.specs).filter(
      ([, spec]: [string, FieldSpec]) => spec.kind === 'secret',
    );
    for (const [name] of secrets) {
      expect(storedSchema(model).safeParse({ ...values, [name]: 'plain' }).success).toBe(false);
      expect(storedSchema(model).safeParse({ ...values, [name]: new Secret('plain') }).success).toBe(false);
    }
  });
});

describe('decisions on models', () => {
  it('a change holds only what differs, with what was', () => {
    const state = present({ title: 'a', pinned: false, key: null, body: '' });
    expect(changeModel(note, state, { title: 'a', pinned: true })).toEqual([
      { type: 'note.changed', data: { set: { pinned: true }, was: { pinned: false } } },
    ]);
  });

  it('an equal fingerprint is no change of a secret', () => {
    const key = { ref: 'note/1/key', version: 1, fingerprint: 'same' };
    const state = present({ title: 'a', pinned: false, key, body: '' });
    expect(changeModel(note, state, { key: { ...key, version: 2 } })).toEqual([]);
    expect(changeModel(note, state, { key: { ...key, version: 2, fingerprint: 'other' } })).toHaveLength(1);
  });

  it('a deleted object neither changes nor comes back', () => {
    const state = modelState(note, [
      { type: 'note.created', data: {} },
      { type: 'note.deleted', data: { was: {} } },
    ]);
    expect(codeOf(() => changeModel(note, state, { title: 'b' }))).toBe('NOT_FOUND');
    expect(codeOf(() => createModel(note, state, {}))).toBe('ALREADY_EXISTS');
    expect(codeOf(() => deleteModel(note, state))).toBe('NOT_FOUND');
  });

  it('an update on an older revision is written when it touches other fields, refused when it touches the same', () => {
    const later: ModelEvent[] = [
      { type: 'note.changed', data: { set: { title: 'theirs' }, was: { title: 'a' } } },
    ];
    expect(
      codeOf(() => {
        refuseConflicts(note, later, { pinned: true });
      }),
    ).toBe('nothing thrown');
    expect(
      codeOf(() => {
        refuseConflicts(note, later, { title: 'mine' });
      }),
    ).toBe('REVISION_CONFLICT');
  });

  it('relevance decides whether an empty field is complained of', () => {
    expect(
      codeOf(() => {
        checkRules(note, { pinned: false, body: '' }, ['pinned']);
      }),
    ).toBe('nothing thrown');
    expect(
      codeOf(() => {
        checkRules(note, { pinned: true, body: '' }, ['pinned']);
      }),
    ).toBe('INVALID_INPUT');
    expect(
      codeOf(() => {
        checkRules(note, { pinned: true, body: '' }, ['title']);
      }),
    ).toBe('nothing thrown');
  });

  it('claims are a pure function of state, in one normal form', () => {
    expect(claimsOf(note, { title: ' ＡＢＣ ', pinned: false })).toEqual([
      { kind: 'note.title', value: 'abc' },
    ]);
    expect(claimsOf(note, { title: 'x', pinned: true })).toContainEqual({
      kind: 'note.pinned',
      value: 'true',
    });
  });

  it('secrets arrive as objects that show a mask', () => {
    const parsed = parseCreate(note, { title: 'a', key: 'hunter2' });
    expect(unsealedFields(parsed)).toEqual(['key']);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
    expect(String(parsed['key'])).not.toContain('hunter2');
  });

  it('control characters, NUL above all, are refused in texts', () => {
    expect(codeOf(() => parseCreate(note, { title: 'a\u0000b' }))).toBe('INVALID_INPUT');
    expect(codeOf(() => parseCreate(note, { title: 'a\nb' }))).toBe('INVALID_INPUT');
  });

  it('reserved field names and redeclared base fields stop the start', () => {
    expect(() => defineModel('bad', { fields: { usedBy: text() }, label: 'usedBy' })).toThrow('reserved');
    const family = defineFamily('thing', { fields: { name: text() }, label: 'name' });
    expect(() => family.kind('odd', { fields: { name: text() } })).toThrow('family');
  });
});
