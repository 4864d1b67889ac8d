import type { AuditChange } from '../../../domain/audit/fact.js';
import { isId } from '../../../domain/kernel/ids.js';
import type { GraphqlContext } from '../context.js';

export interface LabelledChange extends AuditChange {
  readonly beforeLabel: string | null;
  readonly afterLabel: string | null;
}

const idsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter(
    (item): item is string => typeof item === 'string' && isId(item),
  );

const labelFor = async (context: GraphqlContext, value: unknown): Promise<string | null> => {
  const ids = idsIn(value);
  if (ids.length === 0) return null;
  const labels = await Promise.all(ids.map((id) => context.loaders.label.load(id)));
  return labels.map((label, index) => label ?? ids[index]!).join(', ');
};

/** Changes with the names of the objects that their values refer to. */
export const changesWithLabels = (
  context: GraphqlContext,
  changes: readonly AuditChange[],
): Promise<LabelledChange[]> =>
  Promise.all(
    changes.map(async (change) => ({
      ...change,
      beforeLabel: await labelFor(context, change.before),
      afterLabel: await labelFor(context, change.after),
    })),
  );
