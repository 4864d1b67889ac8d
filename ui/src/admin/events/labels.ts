import type { Option } from '../../design/control/option.js';
import { hasMessage, t } from '../../messages/t.js';
import { auditValues } from '../model/condition.js';
import { targetKinds } from './target-kinds.js';

/** Name of a field of an entry, as conditions and filters call it. */
export const auditFieldLabel = (field: string): string => {
  const key = `audit.field.${field}`;
  return hasMessage(key) ? t(key) : field;
};

/** What a value of such a field means, where the field has a closed list. */
export const auditValueLabel = (field: string, value: string): string => {
  if (field === 'target.type') return targetKinds.find((kind) => kind.value === value)?.label ?? value;
  const key = `audit.${field}.${value}`;
  return hasMessage(key) ? t(key) : value;
};

/** What may stand in a field; null where anything may. */
export const auditOptions = (field: string): readonly Option[] | null =>
  field === 'target.type'
    ? targetKinds
    : (auditValues[field]?.map((value) => ({ value, label: auditValueLabel(field, value) })) ?? null);

/** Why something went as it did: a code of the product in words, or what it says by itself. */
export const reasonText = (reason: string): string => {
  const key = `audit.reason.${reason}`;
  return hasMessage(key) ? t(key) : reason;
};

export const actionLabel = (action: string): string => auditValueLabel('action', action);
