import { describe, expect, it } from 'vitest';
import { application } from '../../../domain/application/model.js';
import { policyBinding } from '../../../domain/policy/binding/model.js';
import { evaluateBindings, nobody, type PolicyFacts } from '../../../domain/policy/engine.js';
import { configOf, type GivenObject } from '../../support/config-of.js';

const alice: PolicyFacts = {
  subject: { userId: 'alice' as never, groupIds: new Set(['staff']) },
  setupOpen: false,
  passwordVerified: false,
};
const stranger: PolicyFacts = { ...alice, subject: nobody };

const decide = (mode: 'any' | 'all', facts: PolicyFacts, ...bindings: Record<string, unknown>[]): boolean =>
  evaluateBindings(
    configOf([
      { model: application, id: 'app', values: { name: 'app', slug: 'app' } },
      ...bindings.map((values, index): GivenObject => ({
        model: policyBinding,
        id: `b${String(index)}`,
        values: { target: 'app', order: index, ...values },
      })),
    ]),
    'app',
    mode,
    facts,
  ).passing;

describe('bindings of an object', () => {
  it('no binding passes, and a disabled one is as if absent', () => {
    expect(decide('any', stranger)).toBe(true);
    expect(decide('all', stranger, { group: 'staff', enabled: false })).toBe(true);
  });

  it('a group binding matches members, a user binding that user, and nobody matches neither', () => {
    expect(decide('any', alice, { group: 'staff' })).toBe(true);
    expect(decide('any', alice, { user: 'alice' })).toBe(true);
    expect(decide('any', alice, { user: 'bob' })).toBe(false);
    expect(decide('any', stranger, { group: 'staff' }, { user: 'alice' })).toBe(false);
  });

  it('"any" needs one, "all" needs every one', () => {
    expect(decide('any', alice, { group: 'other' }, { user: 'alice' })).toBe(true);
    expect(decide('all', alice, { group: 'other' }, { user: 'alice' })).toBe(false);
    expect(decide('all', alice, { group: 'staff' }, { user: 'alice' })).toBe(true);
  });

  it('negate turns the outcome', () => {
    expect(decide('any', alice, { group: 'staff', negate: true })).toBe(false);
    expect(decide('any', stranger, { group: 'staff', negate: true })).toBe(true);
  });
});
