import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { DomainError, errorTexts, type FieldError } from '../../domain/kernel/errors.js';
import { unavailability } from '../http/errors.js';

/** Codes beyond those of the domain: the closed list of `extensions.code`. */
const protocolCodes = {
  BAD_REQUEST: 'The request is not a valid GraphQL request.',
  INTERNAL_ERROR: 'Something went wrong.',
} as const;

interface Formatted {
  readonly message: string;
  readonly code: string;
  readonly fields?: readonly FieldError[];
  readonly errorId?: string;
}

/** What a rejected document says, without the values it quotes and without names that a stranger could learn from it. */
const withoutValues = (message: string): string =>
  message
    .replace(/ got invalid value .*?(?: at "([^"]+)")?;.*$/s, (_whole, path: string | undefined) =>
      path === undefined ? ' is not valid.' : ` is not valid at "${path}".`,
    )
    .replace(/^Expected value of type "([^"]+)", found .*$/s, 'A value is not of type "$1".')
    .replace(/ cannot represent .*$/s, ' cannot represent the value.')
    .replace(/ ?Did you mean.*$/s, '');

/** The error that was thrown first: GraphQL wraps errors, sometimes twice. */
const rootOf = (error: unknown): unknown => {
  const inner = (error as { originalError?: unknown } | null)?.originalError;
  return inner === undefined || inner === null ? error : rootOf(inner);
};

const describe = (error: unknown, log: FastifyBaseLogger): Formatted => {
  const original = rootOf(error);
  if (original instanceof DomainError)
    return { message: original.message, code: original.code, fields: original.fields };
  const missing = unavailability(original);
  if (missing !== null) return { message: errorTexts[missing], code: missing };
  if (original instanceof GraphQLError || (original as { statusCode?: number }).statusCode === 400)
    return { message: withoutValues((original as Error).message), code: 'BAD_REQUEST' };
  const errorId = randomUUID();
  log.error({ err: original, errorId }, 'unexpected error in a resolver');
  return { message: protocolCodes.INTERNAL_ERROR, code: 'INTERNAL_ERROR', errorId };
};

/** A rejected document carries the complaints inside one error. */
export const unfold = (error: GraphQLError): readonly GraphQLError[] => {
  const inner = (error.originalError as { errors?: unknown } | undefined)?.errors;
  return Array.isArray(inner) && inner.length > 0 ? (inner as GraphQLError[]) : [error];
};

/** One error as clients see it: text, code, and the fields or the id that leads on. */
export const formatError = (error: GraphQLError | Error, log: FastifyBaseLogger): GraphQLFormattedError => {
  const { message, code, fields, errorId } = describe(error, log);
  const located = error instanceof GraphQLError ? error : null;
  return {
    message,
    ...(located?.locations ? { locations: located.locations } : {}),
    ...(located?.path ? { path: located.path } : {}),
    extensions: { code, ...(fields ? { fields } : {}), ...(errorId === undefined ? {} : { errorId }) },
  };
};

/** Codes that say: try again in a moment. */
const momentary: readonly unknown[] = [
  'AUDIT_SINK_BLOCKED',
  'DEPENDENCY_UNAVAILABLE',
  'PROJECTION_BEHIND',
  'STORAGE_FULL',
];

/** Status of a whole answer: 200 once something was executed, else what refused it. */
export const statusOfAnswer = (errors: readonly GraphQLFormattedError[], data: unknown): number => {
  const codes = errors.map((error) => error.extensions?.['code']);
  const nothing = data === null || data === undefined || Object.values(data).every((value) => value === null);
  if (!nothing) return 200;
  if (codes.some((code) => momentary.includes(code))) return 503;
  if (codes.includes('UNAUTHENTICATED')) return 401;
  if (data !== undefined) return 200;
  return codes.includes('FORBIDDEN') ? 403 : 400;
};
