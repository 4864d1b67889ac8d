import { choice } from '../../kernel/field.js';
import { policy } from '../family.js';

/** Guards of the flows that the product ships. */
export const builtinRules = ['setup_pending', 'password_not_verified'] as const;
export type BuiltinRule = (typeof builtinRules)[number];

/** A rule that is part of the product. */
export const builtinPolicy = policy.kind('builtin', {
  fields: { rule: choice('BuiltinRule', builtinRules) },
});
