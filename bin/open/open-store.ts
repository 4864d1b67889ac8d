import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import type { EventStore, Logger, Sealer } from '../../commands/ports.js';
import { logChannel } from '../../adapters/eventstore/postgres/bell.js';
import { refuseUnfinishedRestore } from '../../adapters/backup/unfinished-restore.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { Notifications } from '../../adapters/postgres/notifications.js';
import { outboxChannel } from '../../adapters/postgres/outbox.js';
import { createPool, type ConnectionOptions } from '../../adapters/postgres/pool.js';
import type { KeyRing } from '../../adapters/vault/key-ring.js';
import { VaultSealer } from '../../adapters/vault/sealer.js';
import type { SubjectKeys } from '../../adapters/vault/subject-keys.js';
import { eventTypes } from '../../domain/event-types.js';
import type { Database } from '../../projections/projection.js';
import { projectionChannel } from '../../projections/announce.js';
import { OperatorError, type Settings } from '../configuration.js';
import { openKeys } from './open-keys.js';
import { openLog } from './open-log.js';

/** Connections for read models, beside one per group. */
const spareConnections = 10;

/** The log with what opens it, and the databases behind. */
export interface OpenedStore {
  readonly store: EventStore;
  readonly sealer: Sealer;
  readonly ring: KeyRing;
  readonly subjectKeys: SubjectKeys;
  readonly pool: Pool;
  readonly db: Database;
  /** For work that nobody waits for: its statements may take a minute, its commits need not wait for the disk. */
  readonly backgroundPool: Pool;
  readonly backgroundDb: Database;
  readonly notifications: Notifications;
}

const kyselyOn = (pool: Pool): Database => new Kysely({ dialect: new PostgresDialect({ pool }) });

/** Connects, migrates, and opens the log. What must be closed again is added to `closers` at once. */
export const openStore = async (
  settings: Settings,
  connection: ConnectionOptions,
  log: Logger,
  closers: (() => Promise<unknown>)[],
): Promise<OpenedStore> => {
  const onPoolError = (error: Error): void => {
    log.warn({ err: error }, 'an idle database connection broke');
  };
  const pool = createPool(connection, onPoolError);
  closers.push(() => pool.end());
  // Read models can be rebuilt: their commits need not wait for the disk. A stopped owner loses its lock after 10 s.
  const backgroundPool = createPool(
    {
      ...connection,
      max: spareConnections,
      statement_timeout: 60_000,
      query_timeout: 65_000,
      application_name: `muniment read models ${String(process.pid)}`,
      options: '-c jit=off -c synchronous_commit=off -c idle_in_transaction_session_timeout=10s',
    },
    onPoolError,
  );
  closers.push(() => backgroundPool.end());
  const backgroundDb = kyselyOn(backgroundPool);
  await migrate(backgroundDb);
  await refuseUnfinishedRestore(pool).catch((error: unknown) => {
    throw new OperatorError((error as Error).message);
  });
  const { ring, subjectKeys } = await openKeys(pool, settings);
  const sealer = new VaultSealer(ring, subjectKeys, eventTypes);
  const notifications = new Notifications(connection, [
    logChannel,
    'muniment_audit',
    'muniment_inbox',
    outboxChannel,
    projectionChannel,
  ]);
  closers.push(() => notifications.close());
  await notifications.connect();
  const store = await openLog(settings, pool, notifications, closers);
  return {
    store,
    sealer,
    ring,
    subjectKeys,
    pool,
    db: kyselyOn(pool),
    backgroundPool,
    backgroundDb,
    notifications,
  };
};
