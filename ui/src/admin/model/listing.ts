import { userListing } from '../users/user-listing.js';
import { families, models, type FieldSpec, type ModelDescription } from './description.js';

export interface Filter {
  readonly name: string;
  readonly spec: FieldSpec;
}

/** What one list of the interface shows: a model, a family as a whole, or the users. */
export interface Listing {
  readonly name: string;
  readonly typeName: string;
  readonly isFamily: boolean;
  /** What can be created here; more than one in a family. */
  readonly kinds: readonly ModelDescription[];
  readonly columns: readonly string[];
  readonly filters: readonly Filter[];
  readonly searchable: boolean;
  readonly order: readonly string[];
  /** Selection that names an object, whatever its type. */
  readonly identity: string;
  /** What the page of an object asks for beside its fields. */
  readonly detail?: string;
  /** Whether an update may say which revision it was made from. */
  readonly revisions: boolean;
  /** Whether the API tells what refers to an object. */
  readonly usages: boolean;
  readonly api: { readonly single: string; readonly list: string; readonly remove: string };
}

/** Column that tells the kind of each object of a family. */
export const kindColumn = 'model';

const identity = 'id displayName model revision createdAt changedAt';
const common = { identity, revisions: true, usages: true } as const;

const filtersOf = (names: readonly string[], fields: ModelDescription['fields']): Filter[] =>
  names.flatMap((name) => {
    const spec = fields[name];
    return spec ? [{ name, spec }] : [];
  });

const ofModel = (model: ModelDescription): Listing => ({
  ...common,
  name: model.name,
  typeName: model.typeName,
  isFamily: false,
  kinds: [model],
  columns: model.list.columns,
  filters: filtersOf(model.list.filter, model.fields),
  searchable: model.list.search.length > 0,
  order: model.list.order,
  api: model.api,
});

const kindFilter = (kinds: readonly ModelDescription[]): Filter => ({
  name: 'kind',
  spec: {
    kind: 'choice',
    typeName: 'kind',
    values: kinds.map((model) => model.kind ?? ''),
    nullable: false,
    immutable: true,
    required: false,
  },
});

const ofFamily = (family: (typeof families)[number]): Listing => {
  const kinds = models.filter((model) => model.family === family.name);
  const [first = '', ...rest] = family.list.columns;
  return {
    ...common,
    name: family.name,
    typeName: family.typeName,
    isFamily: true,
    kinds,
    columns: [first, kindColumn, ...rest],
    filters: [kindFilter(kinds), ...filtersOf(family.list.filter, kinds[0]?.fields ?? {})],
    searchable: family.list.search.length > 0,
    order: family.list.order,
    api: family.api,
  };
};

export const listings: readonly Listing[] = [
  userListing,
  ...families.map(ofFamily),
  ...models.filter((model) => model.family === null).map(ofModel),
];

const byName = new Map(listings.map((listing) => [listing.name, listing]));
const kinds = new Map(
  listings.flatMap((listing) => listing.kinds.map((model) => [model.name, model] as const)),
);

/** Description of one kind of object by name: `application`, `stage.password`, `user`. */
export const modelNamed = (name: string): ModelDescription | undefined => kinds.get(name);

/** The list in which objects of a kind stand. */
export const listingOf = (modelName: string): Listing | undefined =>
  byName.get(modelName) ?? byName.get(modelName.split('.')[0] ?? '');

/** The list of the objects that the event log calls by a category. */
export const listingOfCategory = (category: string): Listing | undefined =>
  listings.find((listing) => listing.kinds.some((model) => model.category === category));

/** Field of a list's rows, if every kind has it. */
export const columnSpec = (listing: Listing, column: string): FieldSpec | undefined =>
  listing.kinds[0]?.fields[column];
