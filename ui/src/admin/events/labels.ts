import { hasMessage, t } from '../../messages/t.js';

/** Name of a field of an entry, as conditions and filters call it. */
export const auditFieldLabel = (field: string): string => {
  const key = `audit.field.${field}`;
  return hasMessage(key) ? t(key) : field;
};

/** What a value of such a field means, where the field has a closed list. */
export const auditValueLabel = (field: string, value: string): string => {
  const key = `audit.${field}.${value}`;
  return hasMessage(key) ? t(key) : value;
};

export const actionLabel = (action: string): string => auditValueLabel('action', action);
