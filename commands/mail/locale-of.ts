import type { UserRecord } from '../ports.js';

/** The language that a person has chosen, such as `de-CH`: the attribute `settings.locale`. Null when he has not. */
export const localeOf = ({ attributes }: UserRecord): string | null => {
  const settings = attributes['settings'] as { readonly locale?: unknown } | null | undefined;
  return typeof settings?.locale === 'string' ? settings.locale : null;
};
