import type { Condition } from '../../../domain/kernel/condition/condition.js';
import {
  countAuditEntries,
  listAuditEntries,
  type AuditListOptions,
} from '../../../projections/audit/query.js';
import { maySee } from '../guard.js';
import { countCap, decodeCursor, encodeCursor, pageSize } from '../connection.js';
import type { GraphqlContext } from '../context.js';
import type { AuditPage } from './entry.js';

export interface AuditListArgs {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

/** What a caller may see of the log: everything with `view_event`, else what he did or what was done to him. */
export const visibleTo = (context: GraphqlContext): Condition => {
  if (maySee(context, 'event')) return { all: [] };
  const self = context.identity.rights.userId ?? '';
  return {
    any: [
      { field: 'actor.id', is: [self] },
      { field: 'onBehalfOf.id', is: [self] },
      {
        all: [
          { field: 'target.type', is: ['user'] },
          { field: 'target.id', is: [self] },
        ],
      },
    ],
  };
};

/** One page of the event log under a condition, as far as the caller may see it. */
export const listAudit = async (
  context: GraphqlContext,
  condition: Condition,
  args: AuditListArgs,
): Promise<AuditPage> => {
  const first = pageSize(args.first);
  const after = args.after == null ? null : BigInt(String(decodeCursor(context, 'audit', args.after)[0]));
  const options: AuditListOptions = {
    condition: { all: [condition, visibleTo(context)] },
    from: args.from ?? null,
    to: args.to ?? null,
    after,
    limit: first + 1,
  };
  const rows = await listAuditEntries(context.dependencies.db, options);
  const nodes = rows.slice(0, first);
  const last = nodes.at(-1);
  return {
    nodes,
    endCursor: last ? encodeCursor(context, 'audit', [String(last.position)]) : null,
    hasNextPage: rows.length > first,
    count: () => countAuditEntries(context.dependencies.db, options, countCap),
  };
};
