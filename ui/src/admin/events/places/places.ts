import { query } from '../../../client/api.js';
import { graphql, type ResultOf } from '../../../client/environment.js';
import type { FeedQuestion } from '../event-feed.svelte.js';
import { spanOf } from '../span.js';

const placesDocument = graphql(`
  query Places($filter: AuditEntryFilter, $from: DateTime!, $to: DateTime!) {
    auditPlaces(filter: $filter, from: $from, to: $to) {
      continent
      country
      city
      lat
      lon
      count
      newestIds
    }
  }
`);

/** A place that entries came from. */
export type Place = ResultOf<typeof placesDocument>['auditPlaces'][number];

/** How many places the server tells at most. */
export const mostPlaces = 500;

/** Places that entries under a filter came from, those with most entries first. */
export const loadPlaces = async (question: FeedQuestion, now: number): Promise<readonly Place[]> =>
  (await query(placesDocument, { filter: question.filter, ...spanOf(question, now) })).auditPlaces;

export const placeKey = ({ country, city, lat, lon }: Place): string =>
  `${country ?? ''} ${city ?? ''} ${String(lat)} ${String(lon)}`;

/** The place in the language of the log: by its names, or where it lies when it has none. */
export const placeCondition = ({ city, country, lat, lon }: Place): string => {
  if (country === null) return `client.geo.lat = ${String(lat)} and client.geo.lon = ${String(lon)}`;
  const within = city === null ? 'not exists' : `= ${JSON.stringify(city)}`;
  return `client.geo.country = ${JSON.stringify(country)} and client.geo.city ${within}`;
};

/** Whether a search is narrowed to a place. */
export const isAt = (search: string, place: Place): boolean => search.trim().endsWith(placeCondition(place));

/** A search that is narrowed to a place as well; without the place when it was narrowed to it before. */
export const searchAt = (search: string, place: Place): string => {
  const words = search.trim();
  const condition = placeCondition(place);
  if (isAt(words, place)) return words.slice(0, -condition.length).replace(/ and $/, '');
  return words === '' ? condition : `(${words}) and ${condition}`;
};
