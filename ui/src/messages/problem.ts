import { ApiError } from '../client/api-error.js';
import { hasMessage, t } from './t.js';

/** What a refusal means to a person. */
export const problemText = (error: unknown): string => {
  if (!(error instanceof ApiError)) return t('error.INTERNAL_ERROR');
  const key = `error.${error.code}`;
  const words = hasMessage(key) ? t(key) : error.message;
  return error.errorId === null ? words : `${words} ${t('error.id', { id: error.errorId })}`;
};
