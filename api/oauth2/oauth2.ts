import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../http/dependencies.js';
import { registerAuthorize } from './authorize.js';
import { ClientAuthentication } from './client-authentication.js';
import { registerDiscovery } from './discovery.js';
import { registerEndSession } from './end-session.js';
import { registerProtocolErrors } from './errors.js';
import { registerIntrospect } from './introspect.js';
import { registerRevoke } from './revoke.js';
import { registerToken } from './token.js';
import { registerUserinfo } from './userinfo.js';

/** OAuth 2.0 and OpenID Connect: endpoints for machines, which answer in the words of the protocol, and for browsers. */
export const registerOAuth2 = async (app: FastifyInstance, dependencies: HttpDependencies): Promise<void> => {
  const clients = new ClientAuthentication(dependencies);
  await app.register((scope, _options, done) => {
    registerProtocolErrors(scope, dependencies);
    registerDiscovery(scope, dependencies);
    registerToken(scope, dependencies, clients);
    registerUserinfo(scope, dependencies);
    registerIntrospect(scope, dependencies, clients);
    registerRevoke(scope, dependencies, clients);
    done();
  });
  registerAuthorize(app, dependencies);
  registerEndSession(app, dependencies);
};
