import type { DiffRow } from '../../design/display/Diff.svelte';
import { t } from '../../messages/t.js';
import { fieldLabel, valueLabel } from '../model/labels.js';
import { modelNamed } from '../model/listing.js';

interface Change {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly beforeLabel: string | null;
  readonly afterLabel: string | null;
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const textOf = (model: string, field: string, value: unknown, label: string | null): string | null => {
  if (isNothing(value)) return null;
  if (label !== null) return label;
  const spec = modelNamed(model)?.fields[field];
  if (spec?.kind === 'choice') return valueLabel(spec.typeName, String(value));
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : JSON.stringify(value, null, 2);
};

/** Differences of an object of a kind as people read them: the field by its name, what lies deeper by its path. */
export const changedTexts = (model: string, changes: readonly Change[]): readonly DiffRow[] =>
  changes
    .map(({ path, before, after, beforeLabel, afterLabel }) => {
      const [field = '', ...deeper] = path.replace(/^\//, '').split('/');
      return {
        label: [fieldLabel(model, field), ...deeper].join(' / '),
        before: textOf(model, field, before, beforeLabel),
        after: textOf(model, field, after, afterLabel),
      };
    })
    .filter(({ before, after }) => before !== null || after !== null);
