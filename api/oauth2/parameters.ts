import type { FastifyRequest } from 'fastify';
import { refused, type Refused } from '../../commands/oauth2/refused.js';

/** Form parameters of a request; a body of another kind has none. */
export const bodyParameters = (request: FastifyRequest): URLSearchParams =>
  request.body instanceof URLSearchParams ? request.body : new URLSearchParams();

/** The form of a request to an endpoint for machines; a repeated parameter is refused (RFC 6749, 3.2). */
export const formOf = (request: FastifyRequest): URLSearchParams | Refused => {
  const form = bodyParameters(request);
  const names = [...form.keys()];
  return new Set(names).size === names.length
    ? form
    : refused('invalid_request', 'A parameter stands more than once.');
};

/** A parameter that was given and is not empty (RFC 6749, 3.1). */
export const given = (parameters: URLSearchParams, name: string): string | null =>
  parameters.get(name) || null;
