import { describe, expect, it } from 'vitest';
import { planFlow, stageApplies } from '../../../domain/flow/planner.js';
import { flow } from '../../../domain/flow/model.js';
import { stageBinding } from '../../../domain/flow/stage-binding/model.js';
import { policyBinding } from '../../../domain/policy/binding/model.js';
import { builtinPolicy } from '../../../domain/policy/builtin/model.js';
import { denyStage } from '../../../domain/stage/deny/model.js';
import { nobody, type PolicyFacts } from '../../../domain/policy/engine.js';
import { configOf, type GivenObject } from '../../support/config-of.js';

const facts: PolicyFacts = { subject: nobody, setupOpen: false, passwordVerified: false };
const anybody = { authenticated: false, superuser: false };

const base = (flowValues: Record<string, unknown> = {}): GivenObject[] => [
  {
    model: flow,
    id: 'f',
    values: { name: 'f', slug: 'f', title: 'f', designation: 'authentication', ...flowValues },
  },
  { model: denyStage, id: 's1', values: { name: 's1' } },
  { model: denyStage, id: 's2', values: { name: 's2' } },
  { model: stageBinding, id: 'b2', values: { target: 'f', stage: 's2', order: 20 } },
  { model: stageBinding, id: 'b1', values: { target: 'f', stage: 's1', order: 10 } },
];

const plan = (objects: GivenObject[], requester = anybody, given = facts): ReturnType<typeof planFlow> => {
  const config = configOf(objects);
  return planFlow(config, config.get(flow, 'f')!, requester, given);
};

describe('planning a flow', () => {
  it('orders stages by their bindings', () => {
    const planned = plan(base());
    expect(
      planned.applies && planned.stages.map((stage) => stage.from === 'binding' && stage.stageId),
    ).toEqual(['s1', 's2']);
  });

  it.each([
    ['none', anybody, true],
    ['require_authenticated', anybody, false],
    ['require_authenticated', { authenticated: true, superuser: false }, true],
    ['require_unauthenticated', { authenticated: true, superuser: false }, false],
    ['require_superuser', { authenticated: true, superuser: false }, false],
    ['require_superuser', { authenticated: true, superuser: true }, true],
  ])('A6: requirement %s for %j applies: %s', (authentication, requester, applies) => {
    expect(plan(base({ authentication }), requester).applies).toBe(applies);
  });

  it('refuses a flow whose policy does not pass', () => {
    const guarded: GivenObject[] = [
      ...base(),
      { model: builtinPolicy, id: 'p', values: { name: 'p', rule: 'setup_pending' } },
      { model: policyBinding, id: 'pb', values: { target: 'f', policy: 'p' } },
    ];
    expect(plan(guarded)).toEqual({ applies: false, because: 'policy' });
    expect(plan(guarded, anybody, { ...facts, setupOpen: true }).applies).toBe(true);
  });

  it('A1: a policy that is gone counts as the failure result of its binding, never as a pass', () => {
    const dangling: GivenObject[] = [
      ...base(),
      { model: policyBinding, id: 'pb', values: { target: 'f', policy: 'missing', negate: true } },
    ];
    expect(plan(dangling).applies).toBe(false);
  });

  it('skips a stage whose policy does not pass, and denies when a stage is gone', () => {
    const objects: GivenObject[] = [
      ...base(),
      { model: builtinPolicy, id: 'p', values: { name: 'p', rule: 'password_not_verified' } },
      { model: policyBinding, id: 'pb', values: { target: 'b1', policy: 'p' } },
    ];
    const stage = { from: 'binding', bindingId: 'b1', stageId: 's1', reEvaluate: true } as const;
    expect(stageApplies(configOf(objects), stage, facts)).toBe('yes');
    expect(stageApplies(configOf(objects), stage, { ...facts, passwordVerified: true })).toBe('skip');
    expect(stageApplies(configOf(objects.filter((object) => object.id !== 's1')), stage, facts)).toBe('deny');
    expect(stageApplies(configOf(objects.filter((object) => object.id !== 'b1')), stage, facts)).toBe('deny');
  });
});
