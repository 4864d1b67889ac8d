import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conditionSchema,
  fieldsOf,
  meets,
  type Condition,
} from '../../../domain/kernel/condition/condition.js';

const record = { action: 'login', client: { ip: '192.0.2.1' }, reason: null };

describe('conditions', () => {
  it('an empty "all" is true and an empty "any" false', () => {
    expect(meets({ all: [] }, record)).toBe(true);
    expect(meets({ any: [] }, record)).toBe(false);
  });

  it('an absent or empty field equals no value, and its negation is true', () => {
    expect(meets({ field: 'reason', is: [''] }, record)).toBe(false);
    expect(meets({ field: 'nothing', contains: '' }, record)).toBe(false);
    expect(meets({ not: { field: 'reason', startsWith: '' } }, record)).toBe(true);
  });

  it('criteria combine with and', () => {
    const both: Condition = {
      all: [
        { field: 'action', is: ['login', 'logout'] },
        { field: 'client.ip', startsWith: '192.0.2.' },
      ],
    };
    expect(meets(both, record)).toBe(true);
    expect(meets(both, { ...record, client: { ip: '198.51.100.1' } })).toBe(false);
  });

  it('names the fields it reads', () => {
    expect(fieldsOf({ any: [{ field: 'a', is: ['1'] }, { not: { field: 'b', contains: 'x' } }] })).toEqual([
      'a',
      'b',
    ]);
  });

  it('refuses what is too deep, too long, or of no known form', () => {
    let deep: unknown = { field: 'a', is: ['1'] };
    for (let level = 0; level < 12; level += 1) deep = { not: deep };
    expect(conditionSchema.safeParse(deep).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'a', is: [] }).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'a', pattern: '(a+)+$' }).success).toBe(false);
    expect(conditionSchema.safeParse({ all: [], any: [] }).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'a b', is: ['1'] }).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'a', is: ['\0'] }).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'a', is: ['\ud800'] }).success).toBe(false);
  });

  it('parts of texts match whatever the case of A to Z; whole texts letter by letter', () => {
    const person = { label: 'Ana Öz' };
    expect(meets({ field: 'label', contains: 'ANA' }, person)).toBe(true);
    expect(meets({ field: 'label', endsWith: ' ÖZ' }, person)).toBe(true);
    expect(meets({ field: 'label', endsWith: ' öz' }, person)).toBe(false);
    expect(meets({ field: 'label', matches: 'a?a *' }, person)).toBe(true);
    expect(meets({ field: 'label', is: ['ana Öz'] }, person)).toBe(false);
  });

  it('numbers compare as numbers, texts by their characters', () => {
    const entry = { position: '10', context: { count: 9, at: '2026-01-02' } };
    expect(meets({ field: 'position', order: '>', value: '9' }, entry)).toBe(true);
    expect(meets({ field: 'context.count', order: '<', value: '10' }, entry)).toBe(true);
    expect(meets({ field: 'context.at', order: '>=', value: '2026-01-02' }, entry)).toBe(true);
    expect(meets({ field: 'context.at', order: '>', value: '5' }, entry)).toBe(false);
  });

  it('any element of a list makes a comparison hold, and only [] goes into lists', () => {
    const entry = { changes: [{ field: 'name' }, { field: 'password' }], context: { tags: ['a', 1] } };
    expect(meets({ field: 'changes[].field', matches: 'pass*' }, entry)).toBe(true);
    expect(meets({ field: 'changes.field', matches: 'pass*' }, entry)).toBe(false);
    expect(meets({ field: 'context.tags[]', is: ['1'] }, entry)).toBe(true);
    expect(meets({ field: 'context.tags', exists: true }, entry)).toBe(true);
    expect(meets({ field: 'context.tags.length', exists: true }, entry)).toBe(false);
  });

  it('a search finds beginnings of words', () => {
    const entry = {
      action: 'login',
      actor: { label: 'ana@example.com' },
      context: { message: 'Over there' },
    };
    expect(meets({ search: 'EXAMPLE ana ther' }, entry)).toBe(true);
    expect(meets({ search: 'ample' }, entry)).toBe(false);
    expect(meets({ search: ' - ' }, entry)).toBe(true);
  });

  it('a condition and its double negation say the same', () => {
    const leaf = fc.record({
      field: fc.constantFrom('action', 'client.ip', 'reason', 'none'),
      is: fc.array(fc.constantFrom('login', '192.0.2.1', ''), { minLength: 1, maxLength: 2 }),
    });
    const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('tree'), { maxLength: 3 }) }),
        fc.record({ not: tie('tree') }),
      ),
    }));
    fc.assert(
      fc.property(
        tree,
        (condition) => meets({ not: { not: condition } }, record) === meets(condition, record),
      ),
    );
  });
});
