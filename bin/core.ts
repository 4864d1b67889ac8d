import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { BootstrapOptions } from '../commands/bootstrap/bootstrap.js';
import type { Outbox } from '../commands/delivery-ports.js';
import type { Logger, Ports } from '../commands/ports.js';
import { LogTail } from '../adapters/eventstore/log-tail.js';
import { maxmindPlaces } from '../adapters/geoip/maxmind-places.js';
import { createArgon2Hasher } from '../adapters/hashing/argon2-hasher.js';
import { identifiers } from '../adapters/clock/identifiers.js';
import { systemClock } from '../adapters/clock/system-clock.js';
import { postgresExecutions } from '../adapters/postgres/executions.js';
import type { Notifications } from '../adapters/postgres/notifications.js';
import { postgresNumbers } from '../adapters/postgres/numbers.js';
import { postgresDeliveries, PostgresOutbox } from '../adapters/postgres/outbox.js';
import { postgresOneTimeValues } from '../adapters/postgres/one-time-values.js';
import type { KeyRing } from '../adapters/vault/key-ring.js';
import type { ConnectionOptions } from '../adapters/postgres/pool.js';
import { createGuardedHttp } from '../adapters/outbound/guarded-http.js';
import { signWebhook } from '../adapters/outbound/sign-webhook.js';
import { parseTargets } from '../adapters/outbound/targets.js';
import { compilePattern } from '../adapters/pattern/compile-pattern.js';
import { VaultTokenSigner } from '../adapters/signing/token-signer.js';
import type { RecordedEvent } from '../domain/kernel/event.js';
import { durationMs } from '../domain/kernel/duration.js';
import { settingsStream } from '../domain/settings/settings.js';
import { ConfigModel } from '../projections/config/config-model.js';
import type { Database } from '../projections/projection.js';
import type { ProjectionRunner } from '../projections/runner.js';
import type { Settings } from './configuration.js';
import { openCounters } from './open/open-counters.js';
import { openMailer } from './open/open-mailer.js';
import { openRedis } from './open/open-redis.js';
import { grantLookup, historyLookup, inboxLookup, sessionLookup, userLookup } from './lookups.js';
import { catchUpUserNumbers } from './open/open-log.js';
import { openSinks } from './open/open-sinks.js';
import { openStore } from './open/open-store.js';
import { createPrivacy } from './privacy.js';
import { openSignalQueue } from './ssf.js';
import { prepareReadModels, startReadModels } from './read-models.js';
import { createFloodGate, type FoldedFacts } from '../workers/flood-gate.js';

/** The product without its ears: store, read models, ports. */
export interface Core {
  readonly ports: Ports;
  readonly db: Database;
  readonly pool: Pool;
  /** For work that nobody waits for: its statements may take a minute. */
  readonly backgroundPool: Pool;
  readonly backgroundDb: Database;
  readonly tail: LogTail;
  readonly notifications: Notifications;
  readonly runners: ReadonlyMap<string, ProjectionRunner>;
  readonly foldedFacts: FoldedFacts;
  readonly outbox: Outbox;
  readonly ring: KeyRing;
  /** The site's Redis, when it has one. */
  readonly redis: Redis | null;
  readonly stop: () => Promise<void>;
}

/** Connects, migrates, starts the tail and the read models, and waits until they show the whole log. */
export const startCore = async (
  settings: Settings,
  connection: ConnectionOptions,
  log: Logger,
): Promise<Core> => {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.reverse()) await close();
  };
  try {
    return await openCore(settings, connection, log, closers, stop);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
};

const openCore = async (
  settings: Settings,
  connection: ConnectionOptions,
  log: Logger,
  closers: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<Core> => {
  const opened = await openStore(settings, connection, log, closers);
  const { store, sealer, pool, db, backgroundPool, notifications } = opened;
  await prepareReadModels(opened, connection, log);
  const { subjects, replayErasures, follow } = createPrivacy({
    pool,
    db,
    ring: opened.ring,
    subjectKeys: opened.subjectKeys,
    backupRetentionMs: durationMs(settings.MUNIMENT_BACKUP_RETENTION),
    log,
  });
  await replayErasures();
  const configModel = await ConfigModel.load(db);
  const tail = new LogTail(store, sealer, log, configModel.position);
  tail.listen((events) => {
    configModel.apply(events);
  });
  follow(tail);
  const readModels = await startReadModels(opened, tail, configModel, log, closers);
  tail.start();
  closers.push(() => tail.stop());
  let installId = '';
  const readInstallId = (events: readonly RecordedEvent[]): void => {
    for (const event of events)
      if (event.type === 'settings.installed') installId = (event.data as { installId: string }).installId;
  };
  readInstallId(await sealer.openEvents(await store.readStream(settingsStream)));
  tail.listen(readInstallId);
  const redis = await openRedis(settings, log);
  closers.push(() => Promise.resolve(redis?.disconnect()));
  const floods = createFloodGate(systemClock);
  const outbound = createGuardedHttp({ open: parseTargets(settings.MUNIMENT_OUTBOUND_ALLOW) });
  closers.push(() => outbound.close());
  const ports: Ports = {
    store,
    sealer,
    config: configModel,
    clock: systemClock,
    places: maxmindPlaces(
      { city: settings.MUNIMENT_GEOIP_CITY ?? null, asn: settings.MUNIMENT_GEOIP_ASN ?? null },
      log,
    ),
    ids: identifiers,
    hasher: await createArgon2Hasher(),
    counters: await openCounters(pool, redis, sealer, log),
    limits: {
      loginFailuresPerIp: settings.MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP,
      loginFailuresPerAccount: settings.MUNIMENT_LIMITS_LOGIN_FAILURES_PER_ACCOUNT,
      flowStartsPerIp: settings.MUNIMENT_LIMITS_FLOW_STARTS_PER_IP,
    },
    floods: floods.gate,
    impersonation: {
      enabled: settings.MUNIMENT_IMPERSONATION === 'on',
      durationMs: durationMs(settings.MUNIMENT_IMPERSONATION_DURATION),
    },
    users: userLookup(db),
    sessions: sessionLookup(db),
    grants: grantLookup(db),
    signer: new VaultTokenSigner(store, sealer),
    inbox: inboxLookup(db),
    subjects,
    history: historyLookup(db),
    outbound,
    signWebhook,
    signals: openSignalQueue(pool, notifications),
    sinks: openSinks(settings, connection, backgroundPool, opened.backgroundDb, closers),
    mailer: openMailer(settings, closers),
    deliveries: postgresDeliveries(pool),
    publicUrl: settings.MUNIMENT_BASE_URL?.replace(/\/$/, '') ?? null,
    compilePattern,
    installId: () => installId,
    executions: postgresExecutions(pool),
    oneTime: postgresOneTimeValues(pool),
    numbers: postgresNumbers(pool),
    readModels: readModels.port,
    log,
  };
  await readModels.settled();
  await catchUpUserNumbers(settings, pool, db);
  await replayErasures();
  return {
    ports,
    db,
    pool,
    backgroundPool,
    backgroundDb: opened.backgroundDb,
    tail,
    notifications,
    runners: readModels.runners,
    foldedFacts: floods.counts,
    outbox: new PostgresOutbox(backgroundPool, connection),
    ring: opened.ring,
    redis,
    stop,
  };
};

export const bootstrapOptions = (settings: Settings): BootstrapOptions => ({
  password: settings.MUNIMENT_BOOTSTRAP_PASSWORD ?? null,
  email: settings.MUNIMENT_BOOTSTRAP_EMAIL ?? null,
  token: settings.MUNIMENT_BOOTSTRAP_TOKEN ?? null,
  adminGroup: settings.MUNIMENT_BOOTSTRAP_ADMIN_GROUP,
});
