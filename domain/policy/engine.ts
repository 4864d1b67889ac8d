import type { ConfigView } from '../kernel/config-view.js';
import type { Id } from '../kernel/ids.js';
import { policyBinding } from './binding/model.js';
import { builtinPolicy } from './builtin/model.js';
import { evaluateBuiltin, type BuiltinFacts } from './builtin/evaluate.js';
import type { PolicyEngineMode } from './engine-mode.js';

/** The person a decision is about: nobody when `userId` is null. */
export interface Subject {
  readonly userId: Id<'user'> | null;
  /** Direct groups and their ancestors. */
  readonly groupIds: ReadonlySet<string>;
}

export const nobody: Subject = { userId: null, groupIds: new Set() };

export interface PolicyFacts extends BuiltinFacts {
  readonly subject: Subject;
}

export interface Decision {
  readonly passing: boolean;
  readonly messages: readonly string[];
  /** Names of the bindings that did not pass, for the people who may know. */
  readonly failed: readonly string[];
}

interface Outcome {
  readonly passing: boolean;
  readonly name: string;
}

/**
 * Combines the enabled bindings of an object. No binding passes. A policy that cannot be evaluated counts as its
 * binding's failure result, which `negate` does not turn.
 */
export const evaluateBindings = (
  config: ConfigView,
  targetId: string,
  mode: PolicyEngineMode,
  facts: PolicyFacts,
): Decision => {
  const bindings = config
    .referrers(targetId)
    .filter(({ object, field }) => field === 'target' && object.model.name === policyBinding.name)
    .map(({ object }) => config.get(policyBinding, object.id)!)
    .filter((binding) => binding.values.enabled)
    .sort((a, b) => a.values.order - b.values.order || (a.id < b.id ? -1 : 1));
  if (bindings.length === 0) return { passing: true, messages: [], failed: [] };
  const outcomes = bindings.map(({ values }): Outcome => {
    if (values.group !== null)
      return { passing: facts.subject.groupIds.has(values.group) !== values.negate, name: 'group' };
    if (values.user !== null)
      return { passing: (facts.subject.userId === values.user) !== values.negate, name: 'user' };
    const policy = values.policy === null ? undefined : config.get(builtinPolicy, values.policy);
    if (!policy) return { passing: values.failureResult, name: 'policy' };
    return {
      passing: evaluateBuiltin(policy.values.rule, facts) !== values.negate,
      name: policy.values.name,
    };
  });
  const passing =
    mode === 'all'
      ? outcomes.every((outcome) => outcome.passing)
      : outcomes.some((outcome) => outcome.passing);
  return {
    passing,
    messages: [],
    failed: outcomes.filter((outcome) => !outcome.passing).map((outcome) => outcome.name),
  };
};
