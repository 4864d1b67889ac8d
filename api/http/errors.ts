import type { FastifyInstance } from 'fastify';
import { DomainError, errorTexts, type ErrorCode } from '../../domain/kernel/errors.js';
import {
  isConnectionFailure,
  isOverloaded,
  isStorageFull,
  OutcomeUnknown,
  StoreUnavailable,
} from '../../domain/kernel/store-errors.js';
import type { HttpDependencies } from './dependencies.js';
import { recordException } from './record-exception.js';

/** HTTP status of each refusal, for routes without a protocol of their own. */
const statuses: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CREDENTIALS_PROTECTED: 403,
  STALE_AUTHENTICATION: 403,
  NOT_FOUND: 404,
  CLAIM_TAKEN: 409,
  FOREIGN_POSITION: 409,
  REVISION_CONFLICT: 409,
  COMMAND_FORGOTTEN: 409,
  COMMAND_MISMATCH: 422,
  RATE_LIMITED: 429,
  DEPENDENCY_UNAVAILABLE: 503,
  PROJECTION_BEHIND: 503,
  AUDIT_SINK_BLOCKED: 503,
  STORAGE_FULL: 503,
};

export const statusOf = (code: ErrorCode): number => statuses[code] ?? 400;

/** What an error says about something this node depends on: it is away, it is full, or (null) nothing of that kind. */
export const unavailability = (error: unknown): 'DEPENDENCY_UNAVAILABLE' | 'STORAGE_FULL' | null => {
  if (isStorageFull(error)) return 'STORAGE_FULL';
  const isAway =
    error instanceof StoreUnavailable ||
    error instanceof OutcomeUnknown ||
    isConnectionFailure(error) ||
    isOverloaded(error);
  return isAway ? 'DEPENDENCY_UNAVAILABLE' : null;
};

/** Known refusals are answered with code and fields, unknown errors with an id that leads to the log line. */
export const registerErrors = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  app.setNotFoundHandler({ preHandler: [] }, (request, reply) =>
    reply
      .code(404)
      .send({ code: 'NOT_FOUND', message: 'There is nothing at this address.', requestId: request.id }),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof DomainError) {
      const status = statusOf(error.code);
      if (status === 429 || status === 503) reply.header('retry-after', status === 429 ? '60' : '2');
      return reply
        .code(status)
        .send({ code: error.code, message: error.message, fields: error.fields, requestId: request.id });
    }
    const missing = unavailability(error);
    if (missing !== null) {
      request.log.error({ err: error }, 'a dependency is not available');
      return reply
        .code(503)
        .header('retry-after', '2')
        .send({ code: missing, message: errorTexts[missing], requestId: request.id });
    }
    const status = error.statusCode ?? 500;
    if (status < 500)
      return reply
        .code(status)
        .send({ code: 'INVALID_INPUT', message: 'The request is not valid.', requestId: request.id });
    request.log.error({ err: error }, 'unexpected error');
    recordException(dependencies, request, request.id);
    return reply
      .code(500)
      .send({ code: 'INTERNAL_ERROR', message: 'Something went wrong.', requestId: request.id });
  });
};
