import { planOf, type RulePlan } from './engine/plan.js';
import { startOf, type RuleState } from './engine/state.js';
import type { Rule } from './matching.js';

/** What the live engine keeps of one rule between entries. */
export interface RuleMemory {
  /** What the state was worked out under: another rule begins anew. */
  readonly plan: string;
  /** When the rule began, and behind which entry. */
  readonly since: number;
  readonly after: string;
  readonly state: RuleState;
}

const inOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  );
};

/** Everything that what a rule says depends on, as one text. */
export const planText = (values: Pick<Rule['values'], 'when' | 'groupBy'>, plan: RulePlan): string =>
  JSON.stringify(inOrder([plan, values.when, values.groupBy]));

/** The memory of a rule that is looked at for the first time, or has been changed. */
export const beginRule = (rule: Rule, fingerprint: string, after: bigint): RuleMemory => {
  const since = rule.changedAt.getTime();
  return { plan: fingerprint, since, after: String(after), state: startOf(planOf(rule.values), since) };
};
