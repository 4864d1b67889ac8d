import { mutate, query } from '../../client/api.js';
import type { Option } from '../../design/control/option.js';
import type { AuditEntry } from '../events/entry.js';
import type { ModelDescription } from './description.js';
import {
  asOfDocument,
  countsDocument,
  createDocument,
  deleteDocument,
  detailDocument,
  findDocument,
  historyDocument,
  kindDocument,
  listDocument,
  nameDocument,
  optionsDocument,
  updateDocument,
  usagesDocument,
} from './documents.js';
import { modelLabel } from './labels.js';
import { listingOf, listings, modelNamed, type Listing } from './listing.js';

/** An object as a query composed from its declaration returns it: who it is, and its fields by name. */
export interface ModelObject {
  readonly id: string;
  readonly displayName: string;
  readonly model: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly [field: string]: unknown;
}

/** What a reference leads to. Null where the target is gone or may not be seen. */
export interface Reference {
  readonly id: string;
  readonly displayName: string;
  readonly model?: string;
}

export interface ObjectPage {
  readonly nodes: readonly ModelObject[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly totalCount: number;
  readonly totalCountExact: boolean;
}

export interface ListQuestion {
  readonly first: number;
  readonly after: string | null;
  readonly search: string | null;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly orderBy: { readonly field: string; readonly direction: 'asc' | 'desc' } | null;
}

/** Users carry no name of a declared model; here everything does. */
const named = (listing: Listing, object: ModelObject): ModelObject =>
  'model' in object ? object : { ...(object as ModelObject), model: listing.name };

/** One page of a list. */
export const listObjects = async (listing: Listing, question: ListQuestion): Promise<ObjectPage> => {
  const { filter, ...rest } = question;
  const variables = listing.filters.length > 0 ? { ...rest, filter } : rest;
  const { page } = await query<{ page: ObjectPage }, object>(listDocument(listing), variables);
  return { ...page, nodes: page.nodes.map((object) => named(listing, object)) };
};

/** One object with its description; null when there is none, or it may not be seen. */
export const loadObject = async (
  listing: Listing,
  id: string,
): Promise<{ readonly model: ModelDescription; readonly object: ModelObject } | null> => {
  let model = listing.kinds[0];
  if (listing.isFamily) {
    const { object } = await query<{ object: { model: string } | null }, object>(kindDocument(listing), {
      id,
    });
    model = object === null ? undefined : modelNamed(object.model);
  }
  if (!model) return null;
  const { object } = await query<{ object: ModelObject | null }, object>(detailDocument(listing, model), {
    id,
  });
  return object && { model, object: named(listing, object) };
};

/** The object as it was at a time; null when it did not exist then. */
export const loadObjectAsOf = async (
  listing: Listing,
  model: ModelDescription,
  id: string,
  at: string,
): Promise<ModelObject | null> => {
  const { object } = await query<{ object: { asOf: ModelObject | null } | null }, object>(
    asOfDocument(listing, model),
    { id, at },
  );
  return object?.asOf ? named(listing, object.asOf) : null;
};

interface Written {
  readonly result: { readonly object: ModelObject | null };
}

/** Creates an object. Throws `ApiError` with the fields that were refused. */
export const createObject = async (
  model: ModelDescription,
  input: Readonly<Record<string, unknown>>,
): Promise<ModelObject> => {
  const listing = listingOf(model.name)!;
  const { result } = await mutate<Written, object>(createDocument(listing, model), { input });
  return named(listing, result.object!);
};

/** Changes the given fields of an object, as seen at a revision. Throws `ApiError`, `REVISION_CONFLICT` among them. */
export const updateObject = async (
  model: ModelDescription,
  id: string,
  input: Readonly<Record<string, unknown>>,
  revision: number | null,
): Promise<void> => {
  const listing = listingOf(model.name)!;
  await mutate<Written, object>(updateDocument(listing, model), {
    id,
    input,
    ...(listing.revisions && revision !== null ? { expectedRevision: revision } : {}),
  });
};

export const deleteObject = async (listing: Listing, id: string): Promise<void> => {
  await mutate<unknown, object>(deleteDocument(listing), { id });
};

export type DeleteEffect = 'cascade' | 'restrict' | 'set_null' | 'disconnect';

export interface Usage {
  readonly effect: DeleteEffect;
  readonly field: string;
  readonly object: Reference & { readonly model: string };
}

export interface Usages {
  readonly hidden: number;
  readonly objects: readonly Usage[];
}

/** What refers to an object. The API tells it of declared models only. */
export const loadUsages = async (listing: Listing, id: string): Promise<Usages> => {
  if (!listing.usages) return { hidden: 0, objects: [] };
  const { object } = await query<{ object: { usedBy: Usages } | null }, object>(usagesDocument(listing), {
    id,
  });
  return object?.usedBy ?? { hidden: 0, objects: [] };
};

export interface HistoryPage {
  readonly nodes: readonly AuditEntry[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

const historySize = 20;

/** What happened to an object, newest first. */
export const loadHistory = async (
  listing: Listing,
  id: string,
  after: string | null,
): Promise<HistoryPage> => {
  const { object } = await query<{ object: { history: HistoryPage } | null }, object>(
    historyDocument(listing),
    {
      id,
      after,
      first: historySize,
    },
  );
  return object?.history ?? { nodes: [], endCursor: null, hasNextPage: false };
};

const optionCount = 30;

interface FoundOption {
  readonly id: string;
  readonly displayName: string;
  readonly model?: string;
  readonly hint?: string;
}

/** Loader of what a reference may lead to. The hint tells kinds apart where there are several. */
export const optionsFor =
  (target: string) =>
  async (search: string): Promise<readonly Option[]> => {
    const answer = await query<
      { nodes?: readonly FoundOption[]; page?: { nodes: readonly FoundOption[] } },
      object
    >(optionsDocument(target), { search, first: optionCount });
    return (answer.nodes ?? answer.page?.nodes ?? []).map(({ id, displayName, model, hint }) => ({
      value: id,
      label: displayName,
      hint: hint ?? (model === undefined || model === target ? undefined : modelLabel(model)),
    }));
  };

/** How the target of a reference is called; its id when that cannot be told. */
export const nameOfTarget = async (target: string, id: string): Promise<string> => {
  const listing = listingOf(target);
  if (!listing) return id;
  const { object } = await query<{ object: ModelObject | null }, object>(nameDocument(listing), { id });
  return object?.displayName ?? id;
};

export interface FoundObject {
  readonly id: string;
  readonly displayName: string;
  readonly model: string;
}

const aliasLimit = 25;
const hitsEach = 4;

/** Objects of any kind by a part of their name. */
export const findObjects = async (search: string): Promise<readonly FoundObject[]> => {
  const searchable = listings.filter((listing) => listing.searchable);
  const chunks = Array.from({ length: Math.ceil(searchable.length / aliasLimit) }, (_, index) =>
    searchable.slice(index * aliasLimit, (index + 1) * aliasLimit),
  );
  const answers = await Promise.all(
    chunks.map((some) =>
      query<Record<string, { nodes: readonly ModelObject[] }>, object>(findDocument(some), {
        search,
        first: hitsEach,
      }),
    ),
  );
  const found = Object.assign({}, ...answers) as Record<string, { nodes: readonly ModelObject[] }>;
  return searchable.flatMap((listing) =>
    (found[listing.name]?.nodes ?? []).map((node) => named(listing, node)),
  );
};

export interface Count {
  readonly totalCount: number;
  readonly totalCountExact: boolean;
}

/** How many objects each of some lists holds, by the list's name. */
export const countObjects = (some: readonly Listing[]): Promise<Readonly<Record<string, Count>>> =>
  query<Record<string, Count>, object>(countsDocument(some), {});
