import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Visitor } from '../../commands/flow/visitor.js';
import { readBrowserCookie, setBrowserCookie } from '../http/cookies.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { isLoopbackAddress, isLoopbackHost, originOf } from '../http/hosts.js';
import { clientAddress } from '../http/identity.js';
import { knownDevices } from './known-devices.js';

const cookieBytes = 32;

/** The browser behind a request. A browser without a cookie gets one: runs of flows belong to it. */
export const visitorOf = (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  query: URLSearchParams,
): Visitor => {
  const { ports, settings } = dependencies;
  let cookie = readBrowserCookie(request);
  if (cookie === null) {
    cookie = ports.ids.randomText(cookieBytes);
    setBrowserCookie(request, reply, cookie, null);
  }
  const { session, user, impersonator } = request.identity;
  const ip = clientAddress(request);
  return {
    browserHash: ports.ids.sha256(cookie),
    session:
      session && user
        ? {
            id: session.id,
            userId: user.id,
            ownerId: session.ownerId,
            impersonatorId: impersonator?.id ?? null,
            startedAt: session.startedAt.toISOString(),
            amr: session.amr,
          }
        : null,
    knownDevices: knownDevices(dependencies, request),
    ip,
    isLocal:
      isLoopbackAddress(ip) &&
      isLoopbackHost(request.hostname) &&
      request.headers['x-forwarded-for'] === undefined,
    ownOrigins: [originOf(request), ...(settings.baseUrl ? [settings.baseUrl.origin] : [])],
    host: request.hostname,
    setupCode: query.get('code'),
  };
};
