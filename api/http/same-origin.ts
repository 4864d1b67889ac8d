import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/kernel/errors.js';
import { originOf } from './hosts.js';

/** Under `Referrer-Policy: no-referrer` the forms of our own pages are sent with this origin, like those of opaque ones. */
const withheld = 'null';

/**
 * Refuses a request that a page of another site has caused. Browsers say where a request comes from; other clients
 * send neither header and carry no ambient cookie worth stealing.
 */
export const requireSameOrigin = (request: FastifyRequest, ownOrigins: readonly string[]): void => {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwn =
    origin === undefined ||
    (origin === withheld
      ? site === 'same-origin'
      : origin === originOf(request) || ownOrigins.includes(origin));
  if (!isOwn) throw new DomainError('FORBIDDEN', { message: 'The request comes from another site.' });
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new DomainError('FORBIDDEN', { message: 'The request comes from another site.' });
};
