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

/** Names of the objects that a value refers to, as they were called at a position; null for a value that refers to none. */
export const labelFor = async (
  context: GraphqlContext,
  value: unknown,
  position: bigint | number,
): Promise<string | null> => {
  const ids = idsIn(value);
  if (ids.length === 0) return null;
  const labels = await Promise.all(
    ids.map((id) => context.loaders.labelThen.load(`${id}@${String(position)}`)),
  );
  return labels.map((label, index) => label ?? ids[index]!).join(', ');
};

/** Changes with the names that the objects their values refer to bore then. */
export const changesWithLabels = (
  context: GraphqlContext,
  changes: readonly AuditChange[],
  position: bigint | number,
): Promise<LabelledChange[]> =>
  Promise.all(
    changes.map(async (change) => ({
      ...change,
      beforeLabel: await labelFor(context, change.before, position),
      afterLabel: await labelFor(context, change.after, position),
    })),
  );
