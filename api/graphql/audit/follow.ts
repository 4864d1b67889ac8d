import { meets, type Condition } from '../../../domain/kernel/condition/condition.js';
import { DomainError } from '../../../domain/kernel/errors.js';
import { auditEntryOf } from '../../../projections/audit/query.js';
import type { AuditRow } from '../../../projections/audit/table.js';
import type { GraphqlContext } from '../context.js';
import { maySee } from '../guard.js';

/** Whether an entry is about somebody: he did it, it was done on his behalf, or to him. */
export const concerns = (row: AuditRow, userId: string | null): boolean =>
  userId !== null &&
  (row.actor_id === userId ||
    row.on_behalf_of_id === userId ||
    (row.target_type === 'user' && row.target_id === userId));

/**
 * New entries as they appear, under a condition. Rights are asked again before each one: who loses them, or his
 * session, stops receiving.
 */
export const followAudit = (
  context: GraphqlContext,
  condition: Condition,
): AsyncIterableIterator<AuditRow> => {
  if (!context.identity.user) throw new DomainError('UNAUTHENTICATED');
  return context.dependencies.auditTail.follow(async (rows) => {
    const identity = await context.identifyAgain();
    if (identity.rights.userId !== context.identity.rights.userId) return null;
    const everything = maySee({ ...context, identity }, 'event');
    return rows.filter(
      (row) => (everything || concerns(row, identity.rights.userId)) && meets(condition, auditEntryOf(row)),
    );
  });
};
