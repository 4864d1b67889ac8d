import { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../generated/schema-types.js';

/** Writes a query; its result and its variables have the types that the schema gives them. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { DateTime: string; JSON: unknown };
  disableMasking: true;
}>();

export type { ResultOf, VariablesOf } from 'gql.tada';
