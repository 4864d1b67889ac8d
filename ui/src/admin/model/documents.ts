import { stringifyDocument } from '@urql/core';
import { entryFragment } from '../events/entry.js';
import { idsField, type FieldSpec, type ModelDescription } from './description.js';
import { columnSpec, kindColumn, type Listing } from './listing.js';

/** Selection that names what a reference leads to. Users have no declared name. */
export const referenceSelection = (target: string): string =>
  target === 'user' ? 'id displayName: username' : 'id displayName model';

const selectionOf = (name: string, spec: FieldSpec): string => {
  switch (spec.kind) {
    case 'ref':
      return `${name}Id ${name} { ${referenceSelection(spec.target)} }`;
    case 'refs':
      return `${idsField(name)} ${name} { ${referenceSelection(spec.target)} }`;
    case 'secret':
      return `${name} { version }`;
    case 'list':
      return `${name} { ${Object.keys(spec.fields).join(' ')} }`;
    default:
      return name;
  }
};

const selection = (fields: Readonly<Record<string, FieldSpec>>): string =>
  Object.entries(fields)
    .map(([name, spec]) => selectionOf(name, spec))
    .join(' ');

/** `query List`: one page of a list. */
export const listDocument = (listing: Listing): string => {
  const columns = Object.fromEntries(
    listing.columns.flatMap((column) => {
      const spec = column === kindColumn ? undefined : columnSpec(listing, column);
      return spec ? [[column, spec] as const] : [];
    }),
  );
  const filtered = listing.filters.length > 0;
  const { typeName, api } = listing;
  return `query List($first: Int!, $after: String, $search: String, $orderBy: ${typeName}Order${
    filtered ? `, $filter: ${typeName}Filter` : ''
  }) { page: ${api.list}(first: $first, after: $after, search: $search, orderBy: $orderBy${
    filtered ? ', filter: $filter' : ''
  }) { nodes { ${listing.identity} ${selection(columns)} } endCursor hasNextPage totalCount totalCountExact } }`;
};

/** `query Kind`: which kind an object of a family is. */
export const kindDocument = (listing: Listing): string =>
  `query Kind($id: ID!) { object: ${listing.api.single}(id: $id) { model } }`;

/** `query Detail`: one object with all its fields. */
export const detailDocument = (listing: Listing, model: ModelDescription): string => {
  const all = selection(model.fields);
  const own = listing.isFamily ? `... on ${model.typeName} { ${all} }` : all;
  return `query Detail($id: ID!) { object: ${listing.api.single}(id: $id) { ${listing.identity} ${own} ${listing.detail ?? ''} } }`;
};

/** `query AsOf`: one object with all its fields as it was. */
export const asOfDocument = (listing: Listing, model: ModelDescription): string =>
  `query AsOf($id: ID!, $at: DateTime!) { object: ${listing.api.single}(id: $id) { asOf(at: $at) { ... on ${model.typeName} { ${listing.identity} ${selection(model.fields)} } } } }`;

/** `query Name`: how one object is called. */
export const nameDocument = (listing: Listing): string =>
  `query Name($id: ID!) { object: ${listing.api.single}(id: $id) { ${listing.identity} } }`;

/** `query Usages`: what refers to an object. */
export const usagesDocument = (listing: Listing): string =>
  `query Usages($id: ID!) { object: ${listing.api.single}(id: $id) { usedBy { hidden objects { effect field object { id displayName model } } } } }`;

/** `query History`: what happened to an object. */
export const historyDocument = (listing: Listing): string =>
  `query History($id: ID!, $first: Int!, $after: String) { object: ${listing.api.single}(id: $id) { history(first: $first, after: $after) { nodes { ...AuditEntryFields } endCursor hasNextPage } } } ${stringifyDocument(entryFragment)}`;

export const createDocument = (listing: Listing, { typeName, api }: ModelDescription): string =>
  `mutation Create($input: Create${typeName}Input!) { result: ${api.create}(input: $input) { object: ${api.payload} { ${listing.identity} } position } }`;

export const updateDocument = (listing: Listing, { typeName, api }: ModelDescription): string =>
  `mutation Update($id: ID!, $input: Update${typeName}Input!${
    listing.revisions ? ', $expectedRevision: Int' : ''
  }) { result: ${api.update}(id: $id, input: $input${
    listing.revisions ? ', expectedRevision: $expectedRevision' : ''
  }) { object: ${api.payload} { ${listing.identity} } position } }`;

export const deleteDocument = ({ api }: Listing): string =>
  `mutation Delete($id: ID!) { result: ${api.remove}(id: $id) { position } }`;

/** `query Options`: what a reference may lead to, by a part of its name. */
export const optionsDocument = (target: string): string =>
  target === 'user'
    ? 'query Options($search: String, $first: Int!) { page: users(search: $search, first: $first) { nodes { id displayName: username hint: name } } }'
    : `query Options($search: String, $first: Int!) { nodes: models(target: "${target}", search: $search, first: $first) { id displayName model } }`;

/** `query Counts`: how many objects each of some lists holds. */
export const countsDocument = (some: readonly Listing[]): string =>
  `query Counts { ${some.map(({ name, api }) => `${name}: ${api.list}(first: 1) { totalCount totalCountExact }`).join(' ')} }`;

/** `query Find`: the best hits in each of some lists. At most 30 lists at once. */
export const findDocument = (some: readonly Listing[]): string =>
  `query Find($search: String!, $first: Int!) { ${some
    .map(
      ({ name, api, identity }) =>
        `${name}: ${api.list}(search: $search, first: $first) { nodes { ${identity} } }`,
    )
    .join(' ')} }`;
