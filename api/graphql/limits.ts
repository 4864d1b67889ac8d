import { GraphQLError, Kind, visit, type DocumentNode, type SelectionSetNode } from 'graphql';
import type { GraphqlContext } from './context.js';
import { limits } from './builder.js';

const refuse = (message: string): never => {
  throw new GraphQLError(message);
};

const aliasesIn = (selections: SelectionSetNode): number =>
  selections.selections.filter((selection) => selection.kind === Kind.FIELD && selection.alias !== undefined)
    .length;

/** Limits that need the document only: aliases per level, and introspection for administrators. Depth and cost are counted while executing. */
export const requireWithinLimits = (document: DocumentNode, context: GraphqlContext): void => {
  visit(document, {
    SelectionSet: (node) => {
      if (aliasesIn(node) > limits.aliases)
        refuse(`More than ${String(limits.aliases)} aliases stand on one level.`);
    },
    Field: (node) => {
      if (
        (node.name.value === '__schema' || node.name.value === '__type') &&
        !context.identity.rights.superuser
      )
        refuse('Introspection is for administrators.');
    },
  });
};
