import type { Pool } from 'pg';
import type { EventStore } from '../../commands/ports.js';
import { PostgresEventStore } from '../../adapters/eventstore/postgres/postgres-event-store.js';
import { StoreUnavailable } from '../../domain/kernel/store-errors.js';
import { postgresNumbers } from '../../adapters/postgres/numbers.js';
import type { Notifications } from '../../adapters/postgres/notifications.js';
import { highestUserNumber } from '../../projections/directory/query.js';
import type { Database } from '../../projections/projection.js';
import { OperatorError, type Settings } from '../configuration.js';

/** Which log a database belongs to: null for the one inside it. */
const boundTo = async (
  pool: Pool,
): Promise<{ readonly external: string | null; readonly position: bigint }> => {
  const { rows } = await pool.query<{ external: string | null; position: bigint }>(
    'select external_store as external, position from es.head',
  );
  return rows[0]!;
};

/** The log: in EventStoreDB when EVENTSTORE_URL says so, else in Postgres. Refuses a database that belongs to another one. */
export const openLog = async (
  settings: Settings,
  pool: Pool,
  notifications: Notifications,
  closers: (() => Promise<unknown>)[],
): Promise<EventStore> => {
  const { external, position } = await boundTo(pool);
  const url = settings.EVENTSTORE_URL;
  if (url === undefined) {
    if (external !== null)
      throw new OperatorError('EVENTSTORE_URL: this installation keeps its log in EventStoreDB; set it.');
    return PostgresEventStore.open(pool, notifications);
  }
  if (external === null && position > 0n)
    throw new OperatorError(
      'EVENTSTORE_URL: this database has a log of its own: muniment store copy moves it.',
    );
  const store = await openEventStoreDB(url, pool);
  closers.push(() => store.close());
  if (external !== null && external !== store.storeId)
    throw new OperatorError(`EVENTSTORE_URL: this database belongs to another log (${external}).`);
  if (external === null) await bind(pool, store);
  return store;
};

/** Loaded only when it is used. */
const openEventStoreDB = async (url: string, pool: Pool): Promise<EventStore> => {
  const { EventStoreDBEventStore } =
    await import('../../adapters/eventstore/eventstoredb/eventstoredb-event-store.js');
  try {
    return await EventStoreDBEventStore.open(url, pool);
  } catch (error) {
    throw explained(error, url);
  }
};

/** From now on this database belongs to the log. What reports on events speaks of those that come from now on. */
const bind = async (pool: Pool, store: EventStore): Promise<void> => {
  const head = await store.head();
  await pool.query(
    `with bound as (update es.head set external_store = $1 where external_store is null)
     update outbox.reactor set position = $2 where position < $2`,
    [store.storeId, head],
  );
};

const explained = (error: unknown, url: string): unknown => {
  const hosts = url.replace(/^[^/]*\/\/([^/?]*@)?/, '').replace(/[/?].*$/, '');
  if (!(error instanceof StoreUnavailable))
    return /connection string|unexpected/i.test((error as Error).message)
      ? new OperatorError(
          'EVENTSTORE_URL: write esdb://host:port?tls=true, with user:password@ before the host.',
        )
      : error;
  const { type, message } = error.cause as { type?: string; message?: string };
  return new OperatorError(
    type === 'access-denied'
      ? `EVENTSTORE_URL: EventStoreDB at ${hosts} refuses the user or password, or the user may not read $all.`
      : `EVENTSTORE_URL: no EventStoreDB answers at ${hosts} (${message ?? 'unknown'}).`,
  );
};

/**
 * Numbers of users are handed out by the database: one that is younger than the log goes on behind the highest that was
 * given. To be called when the read models show the log.
 */
export const catchUpUserNumbers = async (settings: Settings, pool: Pool, db: Database): Promise<void> => {
  if (settings.EVENTSTORE_URL !== undefined)
    await postgresNumbers(pool).raiseUserNumber(await highestUserNumber(db));
};
