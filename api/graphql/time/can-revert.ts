import { isModelCategory, modelOf } from '../../../commands/history/model-of.js';
import { allows, permission } from '../../../domain/kernel/rights.js';
import type { AuditRow } from '../../../projections/audit/table.js';
import type { GraphqlContext } from '../context.js';

const verbs: Readonly<Record<string, string>> = {
  model_created: 'delete',
  model_updated: 'change',
  user_write: 'change',
  model_deleted: 'add',
};

/** Whether an entry looks as if it had an inverse that the caller may run. */
export const canRevert = (context: GraphqlContext, row: AuditRow): boolean => {
  const verb = verbs[row.action];
  const category = row.target_type;
  if (verb === undefined || category === null || row.outcome === 'failure') return false;
  const kind = (row.context['kind'] as string | undefined) ?? null;
  const name =
    category === 'user'
      ? 'user'
      : isModelCategory(category)
        ? modelOf(category, kind)?.permissionName
        : undefined;
  return name !== undefined && allows(context.identity.rights, permission(`${verb}_${name}`));
};
