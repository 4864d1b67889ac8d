import type { ModelObject } from '../model/objects.js';

export interface LegalHold {
  readonly id: string;
  readonly matter: string;
  /** Null when who gave it has been erased. */
  readonly reason: string | null;
  readonly placedAt: string;
  readonly placedBy: { readonly id: string; readonly username: string } | null;
}

/** Legal holds on a user; none where they were not asked for, as in lists. */
export const legalHoldsOf = (user: ModelObject): readonly LegalHold[] =>
  (user['legalHolds'] as readonly LegalHold[] | undefined) ?? [];
