import type { FastifyRequest } from 'fastify';

/** Parameters of a request's address, repeated ones included. */
export const queryParameters = (request: FastifyRequest): URLSearchParams =>
  new URLSearchParams(request.url.split('?')[1] ?? '');
