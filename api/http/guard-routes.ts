import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/kernel/errors.js';
import { allows, type Access } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from './dependencies.js';
import { anonymous, identify, type Identity } from './identity.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must hold. Every route declares it; the start fails on one that does not. */
    access?: Access;
    /** The route answers everybody alike, or knows its callers by credentials of its own protocol: no session is looked up. */
    sessionless?: boolean;
  }
  interface FastifyRequest {
    identity: Identity;
  }
}

/** Resolves the sender of each request and holds him against what the route demands. */
export const guardRoutes = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  app.addHook('onRoute', (route) => {
    const method = Array.isArray(route.method) ? route.method.join(',') : route.method;
    if (!route.config?.access && method !== 'HEAD' && method !== 'OPTIONS')
      throw new Error(`route ${method} ${route.url} does not declare its access`);
  });
  app.decorateRequest('identity');
  app.addHook('onRequest', async (request: FastifyRequest) => {
    const { access, sessionless } = request.routeOptions.config;
    request.identity = sessionless ? anonymous : await identify(dependencies, request);
    if (access && !allows(request.identity.rights, access))
      throw new DomainError(request.identity.user ? 'FORBIDDEN' : 'UNAUTHENTICATED');
  });
};
