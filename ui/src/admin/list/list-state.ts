import { router } from '../../client/router.svelte.js';
import type { Filter, Listing } from '../model/listing.js';
import type { ListQuestion } from '../model/objects.js';

export const pageSizes = [20, 50, 100] as const;

const prefix = 'f.';

const readFilter = ({ name, spec }: Filter, query: URLSearchParams): unknown => {
  const values = query.getAll(prefix + name);
  const [first] = values;
  if (first === undefined) return undefined;
  if (spec.kind === 'flag') return first === 'true';
  return spec.kind === 'choices' ? values : first;
};

/** The filters that stand in a query string. */
export const filtersIn = (listing: Listing, query: URLSearchParams): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    listing.filters
      .map((filter) => [filter.name, readFilter(filter, query)] as const)
      .filter(([, value]) => value !== undefined),
  );

/** What a query string asks of a list. */
export const questionIn = (listing: Listing, query: URLSearchParams): ListQuestion => {
  const sort = query.get('sort');
  const size = Number(query.get('size'));
  return {
    first: pageSizes.find((known) => known === size) ?? pageSizes[0],
    after: query.get('after'),
    search: query.get('search'),
    filter: filtersIn(listing, query),
    orderBy:
      sort !== null && listing.order.includes(sort)
        ? { field: sort, direction: query.get('dir') === 'desc' ? 'desc' : 'asc' }
        : null,
  };
};

/** Back to the first page: each change of what is listed starts there. */
const fromStart = { after: null, page: null, before: null } as const;

export const setSearch = (search: string): void => router.set({ search, ...fromStart }, true);

export const setFilter = (name: string, value: string | readonly string[] | null): void =>
  router.set({ [prefix + name]: value, ...fromStart });

export const clearFilters = (listing: Listing): void =>
  router.set({
    search: null,
    ...Object.fromEntries(listing.filters.map(({ name }) => [prefix + name, null])),
    ...fromStart,
  });

/** Sorts by a column; a second time the other way round. */
export const sortBy = (field: string, query: URLSearchParams, byDefault: string | undefined): void => {
  const now = query.get('sort') ?? byDefault;
  const descending = now === field && query.get('dir') !== 'desc';
  router.set({ sort: field, dir: descending ? 'desc' : null, ...fromStart });
};

export const setPageSize = (size: number): void => router.set({ size: String(size), ...fromStart });

export const pageNumber = (query: URLSearchParams): number => Math.max(1, Number(query.get('page')) || 1);
