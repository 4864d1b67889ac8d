import { durationMs } from '../../kernel/duration.js';
import type { Rule } from '../matching.js';

type RuleValues = Rule['values'];

/** When a rule speaks, apart from its condition. */
export interface RulePlan {
  /** `entry`: at each entry. `count`: when enough came within the window. `absence`: when none came for as long. */
  readonly trigger: RuleValues['trigger'];
  readonly threshold: number;
  readonly windowMs: number;
  /** For so long a group is silent after it has spoken; null for never. */
  readonly suppressMs: number | null;
  /** Everything of so long a time goes out as one; null for at once. */
  readonly digestMs: number | null;
}

export const planOf = (
  values: Pick<RuleValues, 'trigger' | 'threshold' | 'window' | 'suppressFor' | 'digestEvery'>,
): RulePlan => ({
  trigger: values.trigger,
  threshold: values.threshold,
  windowMs: durationMs(values.window),
  suppressMs: values.suppressFor === null ? null : durationMs(values.suppressFor),
  digestMs: values.digestEvery === null ? null : durationMs(values.digestEvery),
});

/** Whether what a rule says of an entry depends on no other. */
export const isStateless = (plan: RulePlan): boolean =>
  plan.trigger === 'entry' && plan.suppressMs === null && plan.digestMs === null;
