import type { FastifyInstance } from 'fastify';
import { DomainError, type ErrorCode } from '../../domain/kernel/errors.js';
import { isConnectionFailure, OutcomeUnknown, StoreUnavailable } from '../../domain/kernel/store-errors.js';

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
  COMMAND_MISMATCH: 422,
  RATE_LIMITED: 429,
  DEPENDENCY_UNAVAILABLE: 503,
  PROJECTION_BEHIND: 503,
};

export const statusOf = (code: ErrorCode): number => statuses[code] ?? 400;

/** Whether an error says that something this node depends on is away. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof StoreUnavailable || error instanceof OutcomeUnknown || isConnectionFailure(error);

/** Known refusals are answered with code and fields, unknown errors with an id that leads to the log line. */
export const registerErrors = (app: FastifyInstance): void => {
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
    if (isUnavailable(error)) {
      request.log.error({ err: error }, 'a dependency is not available');
      return reply
        .code(503)
        .header('retry-after', '2')
        .send({ code: 'DEPENDENCY_UNAVAILABLE', message: 'Try again in a moment.', requestId: request.id });
    }
    const status = error.statusCode ?? 500;
    if (status < 500)
      return reply
        .code(status)
        .send({ code: 'INVALID_INPUT', message: 'The request is not valid.', requestId: request.id });
    request.log.error({ err: error }, 'unexpected error');
    return reply
      .code(500)
      .send({ code: 'INTERNAL_ERROR', message: 'Something went wrong.', requestId: request.id });
  });
};
