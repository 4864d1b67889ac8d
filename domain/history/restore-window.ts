import { DomainError } from '../kernel/errors.js';

/** How long what was deleted can be brought back. */
export const restoreWindowMs = 30 * 24 * 60 * 60 * 1000;

/** Throws `RESTORE_EXPIRED` when the deletion is too long ago. */
export const requireRestorable = (deletedAt: Date, now: Date): void => {
  if (now.getTime() - deletedAt.getTime() > restoreWindowMs) throw new DomainError('RESTORE_EXPIRED');
};
