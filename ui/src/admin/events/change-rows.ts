import type { DiffRow } from '../../design/display/Diff.svelte';
import { t } from '../../messages/t.js';
import { loggedFieldLabel, valueLabel } from '../model/labels.js';
import type { AuditEntry } from './entry.js';
import { modelOfTarget } from './target.js';

/** What stands in the log for a secret. */
const masked = '********';

const isNothing = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Of a secret it is told that it has changed, never what it is or was. */
const secretText = (before: unknown, after: unknown): string =>
  t(isNothing(before) ? 'diff.secret.set' : isNothing(after) ? 'diff.secret.removed' : 'diff.secret.changed');

/** Changes of an entry as people read them. What was empty and stays so is left out of what was created or deleted. */
export const changeRows = (entry: AuditEntry): readonly DiffRow[] => {
  const model = modelOfTarget(entry);
  const { kind } = entry.context as { readonly kind?: string };
  const textOf = (field: string, value: unknown, label: string | null): string | null => {
    if (isNothing(value)) return null;
    if (label !== null) return label;
    const spec = model?.fields[field];
    if (spec?.kind === 'choice') return valueLabel(spec.typeName, String(value));
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    return typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : JSON.stringify(value, null, 2);
  };
  return entry.changes
    .map(({ field, before, after, beforeLabel, afterLabel }) => {
      const label = loggedFieldLabel(entry.targetType, kind ?? null, field);
      return before === masked || after === masked
        ? { label, before: null, after: secretText(before, after) }
        : { label, before: textOf(field, before, beforeLabel), after: textOf(field, after, afterLabel) };
    })
    .filter(({ before, after }) => before !== null || after !== null);
};
