import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Refused, TokenError } from '../../commands/oauth2/refused.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { unavailability } from '../http/errors.js';
import { recordException } from '../http/record-exception.js';

const realm = 'muniment';

/** HTTP status of each error of the token, introspection and revocation endpoints (RFC 6749, 5.2). */
const tokenStatuses: Readonly<Record<TokenError, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  slow_down: 429,
  server_error: 500,
};

/** HTTP status of each error of a bearer token (RFC 6750, 3.1). */
const bearerStatuses = { invalid_request: 400, invalid_token: 401, insufficient_scope: 403 } as const;

export type BearerError = keyof typeof bearerStatuses;

export const sendTokenError = (reply: FastifyReply, { error, description }: Refused): FastifyReply => {
  if (error === 'invalid_client') reply.header('www-authenticate', `Basic realm="${realm}"`);
  if (error === 'slow_down') reply.header('retry-after', '60');
  return reply
    .code(tokenStatuses[error])
    .header('pragma', 'no-cache')
    .send({ error, error_description: description, request_id: reply.request.id });
};

/** A refusal for lack of a good token. Without any token there is no error to name (RFC 6750, 3). */
export const sendBearerError = (
  reply: FastifyReply,
  refusal: { readonly error: BearerError; readonly description: string } | null,
): FastifyReply => {
  if (!refusal) return reply.code(401).header('www-authenticate', `Bearer realm="${realm}"`).send({});
  const { error, description } = refusal;
  return reply
    .code(bearerStatuses[error])
    .header(
      'www-authenticate',
      `Bearer realm="${realm}", error="${error}", error_description="${description}"`,
    )
    .send({ error, error_description: description, request_id: reply.request.id });
};

/** Refusals of the header `Muniment-Min-Position`. */
const badPosition: ReadonlySet<string> = new Set(['INVALID_INPUT', 'FOREIGN_POSITION']);

/** Endpoints for machines answer every failure in the words of the protocol. */
export const registerProtocolErrors = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  scope.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const send = (status: number, code: string, description: string): FastifyReply =>
      reply.code(status).send({ error: code, error_description: description, request_id: request.id });
    if (
      unavailability(error) !== null ||
      (error instanceof DomainError && error.code === 'PROJECTION_BEHIND')
    ) {
      request.log.error({ err: error }, 'a dependency is not available');
      return reply.code(503).header('retry-after', '2').send({
        error: 'temporarily_unavailable',
        error_description: 'Try again in a moment.',
        request_id: request.id,
      });
    }
    if (error instanceof DomainError && badPosition.has(error.code))
      return send(400, 'invalid_request', error.message);
    const status = error.statusCode ?? 500;
    if (status < 500) return send(400, 'invalid_request', 'The request is malformed.');
    request.log.error({ err: error }, 'unexpected error');
    recordException(dependencies, request, request.id);
    return send(500, 'server_error', 'Something went wrong.');
  });
};
