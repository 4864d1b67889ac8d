import { t } from '../../messages/t.js';
import type { FieldSpec } from '../model/description.js';
import { valueLabel } from '../model/labels.js';

/** A value in words, for comparing two of them. */
export const plainText = (spec: FieldSpec, value: unknown, labels: ReadonlyMap<string, string>): string => {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0))
    return t('value.empty');
  switch (spec.kind) {
    case 'flag':
      return t(value === true ? 'yes' : 'no');
    case 'choice':
      return valueLabel(spec.typeName, String(value));
    case 'choices':
      return (value as string[]).map((item) => valueLabel(spec.typeName, item)).join(', ');
    case 'ref':
      return labels.get(String(value)) ?? String(value);
    case 'refs':
      return (value as string[]).map((id) => labels.get(id) ?? id).join(', ');
    case 'texts':
      return (value as string[]).join(', ');
    case 'secret':
      return t('value.secret');
    case 'list':
    case 'json':
    case 'condition':
      return JSON.stringify(value, null, 2);
    case 'text':
    case 'number':
    case 'duration':
    case 'moment':
      return String(value);
  }
};
