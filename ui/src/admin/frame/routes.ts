import { router } from '../../client/router.svelte.js';
import { listingOf, listingOfCategory, listings, type Listing } from '../model/listing.js';
import {
  deletedPlace,
  deliveriesPlace,
  logPlace,
  pathOf,
  places,
  readModelsPlace,
  userStatisticsPath,
} from './navigation.js';

/** What a path shows. */
export type Page =
  | {
      readonly kind:
        | 'overview'
        | 'user-statistics'
        | 'log'
        | 'deleted'
        | 'deliveries'
        | 'read-models'
        | 'guide'
        | 'unknown';
    }
  | { readonly kind: 'entry'; readonly id: string }
  | { readonly kind: 'list' | 'create'; readonly listing: Listing }
  | { readonly kind: 'detail' | 'edit'; readonly listing: Listing; readonly id: string };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where an application is made together with what signs people in to it. */
const guidePath = '/core/applications/guide';

/** The page at a path below the base. */
export const pageAt = (path: string): Page => {
  if (path === '/' || path === '/administration/overview') return { kind: 'overview' };
  if (path === userStatisticsPath) return { kind: 'user-statistics' };
  if (path === logPlace.path) return { kind: 'log' };
  if (path === deletedPlace.path) return { kind: 'deleted' };
  if (path === deliveriesPlace.path) return { kind: 'deliveries' };
  if (path === readModelsPlace.path) return { kind: 'read-models' };
  if (path === guidePath) return { kind: 'guide' };
  if (path.startsWith(`${logPlace.path}/`))
    return { kind: 'entry', id: path.slice(logPlace.path.length + 1) };
  const listing = listings.find((candidate) => pathOf(candidate) === path);
  if (listing) return { kind: 'list', listing };
  const parts = path.split('/');
  const last = parts.pop() ?? '';
  if (last === 'new') {
    const within = listings.find((candidate) => pathOf(candidate) === parts.join('/'));
    return within ? { kind: 'create', listing: within } : { kind: 'unknown' };
  }
  const id = last === 'edit' ? (parts.pop() ?? '') : last;
  const within = listings.find((candidate) => pathOf(candidate) === parts.join('/'));
  return within && uuid.test(id)
    ? { kind: last === 'edit' ? 'edit' : 'detail', listing: within, id }
    : { kind: 'unknown' };
};

/** Path of an object's page; null when nothing of its kind has one. */
export const objectPath = (model: string, id: string): string | null => {
  const listing = listingOf(model);
  return listing ? `${pathOf(listing)}/${id}` : null;
};

/** Address of an object's page, for links. */
export const objectHref = (model: string, id: string): string | null => {
  const path = objectPath(model, id);
  return path === null ? null : router.href(path);
};

/** The same for what the event log speaks of by category. */
export const loggedHref = (category: string, id: string): string | null => {
  const listing = listingOfCategory(category);
  return listing ? router.href(`${pathOf(listing)}/${id}`) : null;
};

const renamed: Readonly<Record<string, string>> = { '/core/tenants': '/core/brands' };

/** Path for an address of the reference product (`#/core/applications/<slug>;{...}`): the list, since ids differ. */
export const pathFromHash = (hash: string): string | null => {
  const wanted = /^#(\/[^;]*)/.exec(hash)?.[1];
  if (wanted === undefined) return null;
  const from = Object.keys(renamed).find((old) => wanted.startsWith(old));
  const path = from === undefined ? wanted : (renamed[from] ?? wanted);
  const [best] = places
    .filter((place) => place.path !== '/' && path.startsWith(place.path))
    .sort((a, b) => b.path.length - a.path.length);
  return best?.path ?? '/';
};
