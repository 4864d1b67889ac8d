import { t } from '../../messages/t.js';

interface NamedPlace {
  readonly city: string | null;
  readonly country: string | null;
  readonly continent: string | null;
}

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

const countryName = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code);

/** A place in words: as near as it is known. */
export const placeName = ({ city, country, continent }: NamedPlace): string => {
  const parts = [...(city === null ? [] : [city]), ...(country === null ? [] : [countryName(country)])];
  if (parts.length > 0) return parts.join(', ');
  return continent ?? t('places.nameless');
};
