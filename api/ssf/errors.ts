import type { FastifyInstance } from 'fastify';
import { DomainError, type ErrorCode } from '../../domain/kernel/errors.js';

/** HTTP status of refusals (SSF 1.0, 8.1). Others are answered as at every endpoint for machines. */
const statuses: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  REVISION_CONFLICT: 409,
  RATE_LIMITED: 429,
};

/** Refusals of the stream's API, in JSON: what is wrong, and with which member. */
export const registerSsfErrors = (scope: FastifyInstance): void => {
  scope.setErrorHandler((error: Error, request, reply) => {
    const refusal = error instanceof DomainError ? error : null;
    const status = refusal && statuses[refusal.code];
    // What is not of this API is answered by the scope around it.
    if (!refusal || status == null) throw error;
    const { code, fields, message } = refusal;
    const [field] = fields;
    if (status === 429) reply.header('retry-after', '60');
    return reply.code(status).send({
      err: code.toLowerCase(),
      description: field && field.path !== '' ? `${field.path}: ${field.message}` : message,
      request_id: request.id,
    });
  });
};
