import type { Pool } from 'pg';
import type { BootstrapOptions } from '../commands/bootstrap/bootstrap.js';
import type { Outbox } from '../commands/delivery-ports.js';
import type { Logger, Ports } from '../commands/ports.js';
import { LogTail } from '../adapters/eventstore/log-tail.js';
import { createArgon2Hasher } from '../adapters/hashing/argon2-hasher.js';
import { identifiers } from '../adapters/clock/identifiers.js';
import { systemClock } from '../adapters/clock/system-clock.js';
import { postgresCounters } from '../adapters/postgres/counters.js';
import { postgresExecutions } from '../adapters/postgres/executions.js';
import type { Notifications } from '../adapters/postgres/notifications.js';
import { postgresNumbers } from '../adapters/postgres/numbers.js';
import { PostgresOutbox } from '../adapters/postgres/outbox.js';
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
import { access } from '../projections/access/project.js';
import { audit } from '../projections/audit/project.js';
import { inbox } from '../projections/inbox/project.js';
import { ConfigModel } from '../projections/config/config-model.js';
import { config } from '../projections/config/project.js';
import { directory } from '../projections/directory/project.js';
import { privacy } from '../projections/privacy/project.js';
import { history } from '../projections/history/project.js';
import type { Database } from '../projections/projection.js';
import { prepareProjections, ProjectionRunner } from '../projections/runner.js';
import type { Settings } from './configuration.js';
import { grantLookup, historyLookup, inboxLookup, sessionLookup, userLookup } from './lookups.js';
import { openStore } from './open-store.js';
import { createPrivacy } from './privacy.js';
import { createFloodGate, type FoldedFacts } from '../workers/flood-gate.js';

export const groups = [directory, access, config, audit, inbox, history, privacy];
const waitedFor = ['directory', 'access', 'config', 'privacy'];
const auditGatherMs = 15;
const catchUpMs = 60_000;

/** The product without its ears: store, read models, ports. */
export interface Core {
  readonly ports: Ports;
  readonly db: Database;
  readonly pool: Pool;
  /** For work that nobody waits for: its statements may take a minute. */
  readonly backgroundPool: Pool;
  readonly tail: LogTail;
  readonly notifications: Notifications;
  readonly runners: ReadonlyMap<string, ProjectionRunner>;
  readonly foldedFacts: FoldedFacts;
  readonly outbox: Outbox;
  readonly ring: KeyRing;
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
  const { store, sealer, pool, db, backgroundPool, backgroundDb: projectionDb, notifications } = opened;
  await prepareProjections(projectionDb, groups);
  const { ring, subjectKeys } = opened;
  const { subjects, replayErasures, follow } = createPrivacy({
    pool,
    db,
    ring,
    subjectKeys,
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
  const runners = new Map(
    groups.map((group) => [
      group.name,
      new ProjectionRunner({
        group,
        db: projectionDb,
        feed: tail,
        gatherMs: waitedFor.includes(group.name) ? 0 : auditGatherMs,
        onFailure: (error, position) => {
          log.error({ err: error, group: group.name, position: String(position) }, 'a read model has halted');
        },
      }),
    ]),
  );
  for (const runner of runners.values()) {
    await runner.start();
    closers.push(() => runner.stop());
  }
  notifications.on('connected', () => {
    for (const runner of runners.values()) runner.recheck();
  });
  tail.start();
  closers.push(() => tail.stop());
  const waitFor = async (
    position: bigint,
    timeoutMs: number,
    names: readonly string[] = waitedFor,
  ): Promise<void> => {
    const waits = names.map((name) => runners.get(name)!.waitFor(position, timeoutMs));
    await Promise.all([
      ...waits,
      ...(names.includes('config') ? [untilTail(tail, position, timeoutMs)] : []),
    ]);
  };
  let installId = '';
  const readInstallId = (events: readonly RecordedEvent[]): void => {
    for (const event of events)
      if (event.type === 'settings.installed') installId = (event.data as { installId: string }).installId;
  };
  readInstallId(await sealer.openEvents(await store.readStream(settingsStream)));
  tail.listen(readInstallId);
  const floods = createFloodGate(systemClock);
  const outbound = createGuardedHttp({ open: parseTargets(settings.MUNIMENT_OUTBOUND_ALLOW) });
  closers.push(() => outbound.close());
  const ports: Ports = {
    store,
    sealer,
    config: configModel,
    clock: systemClock,
    ids: identifiers,
    hasher: await createArgon2Hasher(),
    counters: postgresCounters(pool),
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
    compilePattern,
    installId: () => installId,
    executions: postgresExecutions(pool),
    oneTime: postgresOneTimeValues(pool),
    numbers: postgresNumbers(pool),
    readModels: { waitFor },
    log,
  };
  await waitFor(
    await store.head(),
    catchUpMs,
    groups.map((group) => group.name),
  );
  await replayErasures();
  return {
    ports,
    db,
    pool,
    backgroundPool,
    tail,
    notifications,
    runners,
    foldedFacts: floods.counts,
    outbox: new PostgresOutbox(backgroundPool, connection),
    ring,
    stop,
  };
};

/** The configuration in memory follows the tail, not a read model's table. */
const untilTail = (tail: LogTail, position: bigint, timeoutMs: number): Promise<void> =>
  tail.position >= position
    ? Promise.resolve()
    : new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          stop();
          reject(new Error('the tail of the log is behind'));
        }, timeoutMs);
        const stop = tail.listen((events) => {
          if ((events.at(-1)?.position ?? 0n) < position) return;
          clearTimeout(timer);
          stop();
          resolve();
        });
      });

export const bootstrapOptions = (settings: Settings): BootstrapOptions => ({
  password: settings.MUNIMENT_BOOTSTRAP_PASSWORD ?? null,
  email: settings.MUNIMENT_BOOTSTRAP_EMAIL ?? null,
  token: settings.MUNIMENT_BOOTSTRAP_TOKEN ?? null,
  adminGroup: settings.MUNIMENT_BOOTSTRAP_ADMIN_GROUP,
});
