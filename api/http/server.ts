import { randomUUID } from 'node:crypto';
import fastifyFormbody from '@fastify/formbody';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { registerAuditExport } from '../audit/export.js';
import { registerRecovery } from '../access/recovery.js';
import { registerAuditEntries } from '../audit/entries.js';
import { registerAuditStream } from '../audit/stream.js';
import { registerGraphql } from '../graphql/plugin.js';
import { registerDefaultFlows } from '../flow/default-flows.js';
import { registerExecutor } from '../flow/executor.js';
import { registerHealth } from '../health/health.js';
import { registerOAuth2 } from '../oauth2/oauth2.js';
import { registerSsf } from '../ssf/ssf.js';
import { registerPages } from '../ui/pages.js';
import { registerLaunch } from '../ui/launch.js';
import { registerRootConfig } from '../ui/root-config.js';
import { admitHosts } from './admit-hosts.js';
import { closeRefusedUpgrades } from './close-refused-upgrades.js';
import type { HttpDependencies } from './dependencies.js';
import { registerErrors } from './errors.js';
import { guardRoutes } from './guard-routes.js';
import { honourPositions } from './position.js';
import { registerSecurityHeaders } from './security-headers.js';

const bodyLimit = 256 * 1024;

/** The whole web side as one application; listening is up to the caller. */
export const buildServer = async (
  dependencies: HttpDependencies,
  logger: FastifyBaseLogger,
): Promise<FastifyInstance> => {
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: [...dependencies.settings.trustedProxies],
    bodyLimit,
    requestTimeout: 30_000,
    keepAliveTimeout: 5000,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    http: { headersTimeout: 10_000, maxHeaderSize: 16 * 1024 },
  });
  registerErrors(app, dependencies);
  closeRefusedUpgrades(app);
  registerSecurityHeaders(app);
  admitHosts(app, dependencies);
  honourPositions(app, dependencies);
  guardRoutes(app, dependencies);
  registerHealth(app, dependencies);
  registerAuditEntries(app, dependencies);
  registerAuditStream(app, dependencies);
  registerExecutor(app, dependencies);
  registerDefaultFlows(app, dependencies);
  await registerGraphql(app, dependencies);
  registerRootConfig(app, dependencies);
  registerAuditExport(app, dependencies);
  registerLaunch(app, dependencies);
  await registerSsf(app, dependencies);
  await registerPages(app, dependencies);
  await app.register(async (scope) => {
    await scope.register(fastifyFormbody, {
      bodyLimit,
      parser: (text) => new URLSearchParams(text) as never,
    });
    registerRecovery(scope, dependencies);
    await registerOAuth2(scope, dependencies);
  });
  return app;
};
