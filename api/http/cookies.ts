import type { FastifyReply, FastifyRequest } from 'fastify';

/** Over TLS the cookie is bound to this host; plain HTTP exists on loopback only, where the prefix cannot be used. */
const cookieName = (request: FastifyRequest): string =>
  request.protocol === 'https' ? '__Host-muniment_session' : 'muniment_session';

const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/** Value of the browser's cookie, or null. Malformed, doubled or oversized cookies count as none. */
export const readBrowserCookie = (request: FastifyRequest): string | null => {
  const name = `${cookieName(request)}=`;
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(name))
    .map((part) => part.slice(name.length));
  return values.length === 1 && wellFormed.test(values[0]!) ? values[0]! : null;
};

/** Sets the browser's cookie; without an end it goes with the browser. */
export const setBrowserCookie = (
  request: FastifyRequest,
  reply: FastifyReply,
  value: string,
  expiresAt: Date | null,
): void => {
  const parts = [`${cookieName(request)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (request.protocol === 'https') parts.push('Secure');
  if (expiresAt) parts.push(`Expires=${expiresAt.toUTCString()}`);
  reply.header('set-cookie', parts.join('; '));
};
