import Activity from '@lucide/svelte/icons/activity';
import AppWindow from '@lucide/svelte/icons/app-window';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Bell from '@lucide/svelte/icons/bell';
import Box from '@lucide/svelte/icons/box';
import DatabaseZap from '@lucide/svelte/icons/database-zap';
import FileBadge from '@lucide/svelte/icons/file-badge';
import House from '@lucide/svelte/icons/house';
import KeySquare from '@lucide/svelte/icons/key-square';
import Layers from '@lucide/svelte/icons/layers';
import Mails from '@lucide/svelte/icons/mails';
import Palette from '@lucide/svelte/icons/palette';
import Plug from '@lucide/svelte/icons/plug';
import Radio from '@lucide/svelte/icons/radio';
import Scale from '@lucide/svelte/icons/scale';
import Send from '@lucide/svelte/icons/send';
import Share from '@lucide/svelte/icons/share-2';
import Shuffle from '@lucide/svelte/icons/shuffle';
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input';
import User from '@lucide/svelte/icons/user';
import Users from '@lucide/svelte/icons/users';
import Workflow from '@lucide/svelte/icons/workflow';
import { t } from '../../messages/t.js';
import { modelPlural } from '../model/labels.js';
import { listings, type Listing } from '../model/listing.js';

/** One page that the navigation leads to. The paths are those of the reference product, without its hash. */
export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: typeof Box;
  /** Key after `g` that leads here. */
  readonly letter: string | null;
  readonly listing: Listing | null;
}

interface PlaceOfListing {
  readonly path: string;
  readonly icon: typeof Box;
  readonly letter: string;
}

/** Where the lists stand, by section, in the order of the navigation. */
const placed: readonly {
  readonly title: string;
  readonly lists: Readonly<Record<string, PlaceOfListing>>;
}[] = [
  {
    title: t('navigation.applications'),
    lists: {
      application: { path: '/core/applications', icon: AppWindow, letter: 'a' },
      provider: { path: '/core/providers', icon: Plug, letter: 'p' },
      ssf_stream: { path: '/core/shared-signals', icon: Radio, letter: 'n' },
    },
  },
  {
    title: t('navigation.events'),
    lists: {
      notification_rule: { path: '/events/rules', icon: Bell, letter: 'r' },
      notification_transport: { path: '/events/transports', icon: Send, letter: 't' },
    },
  },
  {
    title: t('navigation.customisation'),
    lists: {
      policy: { path: '/policy/policies', icon: Scale, letter: 'l' },
      mapping: { path: '/core/property-mappings', icon: Shuffle, letter: 'm' },
    },
  },
  {
    title: t('navigation.flows'),
    lists: {
      flow: { path: '/flow/flows', icon: Workflow, letter: 'f' },
      stage: { path: '/flow/stages', icon: Layers, letter: 's' },
      prompt: { path: '/flow/stages/prompts', icon: TextCursorInput, letter: 'q' },
    },
  },
  {
    title: t('navigation.directory'),
    lists: {
      user: { path: '/identity/users', icon: User, letter: 'u' },
      group: { path: '/identity/groups', icon: Users, letter: 'g' },
      role: { path: '/identity/roles', icon: KeySquare, letter: 'o' },
    },
  },
  {
    title: t('navigation.system'),
    lists: {
      brand: { path: '/core/brands', icon: Palette, letter: 'b' },
      certificate: { path: '/crypto/certificates', icon: FileBadge, letter: 'c' },
      sink: { path: '/events/sinks', icon: Share, letter: 'k' },
    },
  },
];

/** Lists that are reached through the objects they belong to. */
const withinOthers = ['stage_binding', 'policy_binding', 'saved_search'];

const placeOf = (listing: Listing, { path, icon, letter }: Partial<PlaceOfListing>): Place => ({
  path: path ?? `/objects/${listing.api.list}`,
  label: modelPlural(listing.name),
  icon: icon ?? Box,
  letter: letter ?? null,
  listing,
});

export const overviewPlace: Place = {
  path: '/',
  label: t('overview'),
  icon: House,
  letter: 'h',
  listing: null,
};

/** Figures about users. */
export const userStatisticsPath = '/administration/dashboard/users';

export const logPlace: Place = {
  path: '/events/log',
  label: t('log'),
  icon: Activity,
  letter: 'e',
  listing: null,
};

export const deletedPlace: Place = {
  path: '/events/deleted',
  label: t('deleted'),
  icon: ArchiveRestore,
  letter: null,
  listing: null,
};

export const deliveriesPlace: Place = {
  path: '/events/deliveries',
  label: t('deliveries'),
  icon: Mails,
  letter: null,
  listing: null,
};

export const readModelsPlace: Place = {
  path: '/system/read-models',
  label: t('read_models'),
  icon: DatabaseZap,
  letter: null,
  listing: null,
};

const known = new Set(placed.flatMap(({ lists }) => Object.keys(lists)));
const listingNamed = new Map(listings.map((listing) => [listing.name, listing]));

/** The navigation. A list that has no place of its own stands in the last section, so that nothing is out of reach. */
export const navigation: readonly { readonly title: string; readonly places: readonly Place[] }[] =
  placed.map(({ title, lists }, index) => ({
    title,
    places: [
      ...(title === t('navigation.events') ? [logPlace, deletedPlace] : []),
      ...Object.entries(lists).flatMap(([name, place]) => {
        const listing = listingNamed.get(name);
        return listing ? [placeOf(listing, place)] : [];
      }),
      ...(title === t('navigation.events') ? [deliveriesPlace] : []),
      ...(title === t('navigation.system') ? [readModelsPlace] : []),
      ...(index === placed.length - 1
        ? listings
            .filter(({ name }) => !known.has(name) && !withinOthers.includes(name))
            .map((listing) => placeOf(listing, {}))
        : []),
    ],
  }));

/** Every page with a name of its own. */
export const places: readonly Place[] = [overviewPlace, ...navigation.flatMap((section) => section.places)];

const paths = new Map(
  listings.map((listing) => [
    listing.name,
    places.find((place) => place.listing === listing)?.path ?? placeOf(listing, {}).path,
  ]),
);

/** Path of the list that a kind of object stands in. */
export const pathOf = (listing: Listing): string => paths.get(listing.name) ?? '/';
