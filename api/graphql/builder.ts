import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { DomainError } from '../../domain/kernel/errors.js';
import { isId } from '../../domain/kernel/ids.js';
import type { Json } from '../../domain/kernel/field.js';
import type { GraphqlContext } from './context.js';

interface Types {
  Context: GraphqlContext;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: Date | string };
    JSON: { Input: Json; Output: unknown };
  };
}

export const limits = {
  depth: 10,
  complexity: 2000,
  breadth: 500,
  aliases: 30,
  tokens: 5000,
  pageSize: 200,
} as const;

/** A schema under construction. A new one for each build, so that tests can add models of their own. */
export const createBuilder = () => {
  const builder = new SchemaBuilder<Types>({
    defaultFieldNullability: false,
    plugins: [ComplexityPlugin],
    complexity: {
      limit: { depth: limits.depth, complexity: limits.complexity, breadth: limits.breadth },
      defaultComplexity: 1,
      complexityError: (kind) =>
        new DomainError('INVALID_INPUT', {
          message: `The query is above the limit of ${kind.toLowerCase()}.`,
        }),
    },
  });
  builder.addScalarType('DateTime', dateTime);
  builder.addScalarType('JSON', json);
  builder.queryType({});
  builder.mutationType({});
  builder.subscriptionType({});
  return builder;
};

/** Cost of a list that is short, and of one whose cost the field around it tells. */
export const shortList = { field: 2, multiplier: 2 };
export const countedElsewhere = { field: 0, multiplier: 1 };

export type Builder = ReturnType<typeof createBuilder>;

const dateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'A moment in UTC, ISO 8601.',
  serialize: (value) => (value instanceof Date ? value : new Date(String(value))).toISOString(),
  parseValue: (value) => parseDateTime(value),
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
});

const parseDateTime = (value: unknown): string => {
  const date = typeof value === 'string' ? new Date(value) : null;
  if (!date || Number.isNaN(date.getTime())) throw new TypeError('not a moment in ISO 8601');
  return date.toISOString();
};

const literal = (node: ValueNode, variables: Record<string, unknown> | null | undefined): Json => {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.BOOLEAN:
      return node.value;
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((value) => literal(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, literal(field.value, variables)]),
      );
    case Kind.VARIABLE:
      return (variables?.[node.name.value] ?? null) as Json;
  }
};

const json = new GraphQLScalarType<Json, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value as Json,
  parseLiteral: (node, variables) => literal(node, variables),
});

/** Refuses text that is no identifier as an unknown one: both lead nowhere. */
export const knownId = (id: string): string | null => (isId(id.toLowerCase()) ? id.toLowerCase() : null);

/** Input fields that were left out stay out; an explicit null stays null. */
export const given = (input: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
