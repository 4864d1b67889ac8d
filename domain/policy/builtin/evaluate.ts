import type { BuiltinRule } from './model.js';

/** What the rules of shipped flows look at. */
export interface BuiltinFacts {
  /** The initial set-up has not been completed, and this visitor may complete it. */
  readonly setupOpen: boolean;
  /** A password was verified earlier in this run. */
  readonly passwordVerified: boolean;
}

export const evaluateBuiltin = (rule: BuiltinRule, facts: BuiltinFacts): boolean => {
  switch (rule) {
    case 'setup_pending':
      return facts.setupOpen;
    case 'password_not_verified':
      return !facts.passwordVerified;
  }
};
