import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { CredentialCache } from '../api/http/credential-cache.js';
import { RowTail } from '../api/http/row-tail.js';
import { buildServer } from '../api/http/server.js';
import { projectionChannel } from '../projections/announce.js';
import { auditEntriesAfter } from '../projections/audit/query.js';
import { notificationsAfter } from '../projections/inbox/query.js';
import { machineName, productVersion, projectRoot, splitListen, type Settings } from './configuration.js';
import type { Core } from './core.js';
import { healthDetail } from './health-detail.js';

/** Joins the web side to the core: caches fed by the tail of the log, live followers by the read model of the log. */
export const buildWeb = async (
  core: Core,
  settings: Settings,
  log: FastifyBaseLogger,
  readiness: () => string | null,
): Promise<FastifyInstance> => {
  const credentials = new CredentialCache();
  core.tail.listen((events) => {
    credentials.apply(events);
  });
  core.notifications.on(projectionChannel, () => {
    credentials.clear();
  });
  const head = (): bigint => core.tail.position;
  const auditTail = new RowTail((after, limit) => auditEntriesAfter(core.db, after, limit), head);
  const inboxTail = new RowTail((after, limit) => notificationsAfter(core.db, after, limit), head);
  core.notifications.on('muniment_audit', () => {
    auditTail.notify();
  });
  core.notifications.on('muniment_inbox', () => {
    inboxTail.notify();
  });
  return buildServer(
    {
      ports: core.ports,
      db: core.db,
      credentials,
      auditTail,
      inboxTail,
      settings: {
        baseUrl: settings.MUNIMENT_BASE_URL === undefined ? null : new URL(settings.MUNIMENT_BASE_URL),
        trustedProxies: settings.MUNIMENT_TRUSTED_PROXIES.split(',').map((cidr) => cidr.trim()),
        httpsPort: splitListen(settings.MUNIMENT_LISTEN_HTTPS).port,
        machineName: machineName(),
        version: productVersion(),
        uiFolder: join(projectRoot, 'dist', 'ui'),
      },
      readiness,
      healthDetail: healthDetail(core, readiness),
    },
    log,
  );
};
