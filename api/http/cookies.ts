import type { FastifyReply, FastifyRequest } from 'fastify';

/** Over TLS the cookie is bound to this host; plain HTTP exists on loopback only, where the prefix cannot be used. */
const cookieName = (request: FastifyRequest, name: string): string =>
  `${request.protocol === 'https' ? '__Host-' : ''}muniment_${name}`;

const wellFormed = /^[A-Za-z0-9_-]{43}$/;

/** Value of one of our cookies, or null. Doubled cookies count as none. */
export const readCookie = (request: FastifyRequest, name: string): string | null => {
  const start = `${cookieName(request, name)}=`;
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start))
    .map((part) => part.slice(start.length));
  return values.length === 1 ? values[0]! : null;
};

/** Sets one of our cookies; without an end it goes with the browser. */
export const setCookie = (
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  value: string,
  expiresAt: Date | null,
): void => {
  const parts = [`${cookieName(request, name)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (request.protocol === 'https') parts.push('Secure');
  if (expiresAt) parts.push(`Expires=${expiresAt.toUTCString()}`);
  reply.header('set-cookie', parts.join('; '));
};

/** Value of the browser's cookie, or null. Malformed and oversized ones count as none. */
export const readBrowserCookie = (request: FastifyRequest): string | null => {
  const value = readCookie(request, 'session');
  return value !== null && wellFormed.test(value) ? value : null;
};

/** Sets the browser's cookie; without an end it goes with the browser. */
export const setBrowserCookie = (
  request: FastifyRequest,
  reply: FastifyReply,
  value: string,
  expiresAt: Date | null,
): void => {
  setCookie(request, reply, 'session', value, expiresAt);
};
