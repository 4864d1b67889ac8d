import { hasMessage, t } from '../../messages/t.js';

/** A duration such as `hours=1;minutes=30` in words; the text itself where it is none. */
export const durationText = (text: string): string => {
  const parts = text
    .split(';')
    .map((part) => /^\s*([a-z]+)=(-?\d+(?:\.\d+)?)\s*$/i.exec(part))
    .map((match) => {
      const key = `duration.${match?.[1]?.toLowerCase() ?? ''}`;
      return match && hasMessage(key) ? t(key, { count: Number(match[2]) }) : null;
    });
  return parts.every((part) => part !== null) ? parts.join(', ') : text;
};
