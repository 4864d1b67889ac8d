import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/kernel/errors.js';
import { allows, type Access } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from './dependencies.js';
import { anonymous, identify, type Identity } from './identity.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must hold. Every route declares it; the start fails on one that does not. */
    access?: Access;
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
    const access = request.routeOptions.config.access;
    request.identity =
      access?.kind === 'public' && access.because === withoutIdentity
        ? anonymous
        : await identify(dependencies, request);
    if (access && !allows(request.identity.rights, access))
      throw new DomainError(request.identity.user ? 'FORBIDDEN' : 'UNAUTHENTICATED');
  });
};

const withoutIdentity = 'static: nobody needs to be known';

/** Access of routes that answer everybody the same, so that no session is looked up. */
export const staticAccess: Access = { kind: 'public', because: withoutIdentity };
