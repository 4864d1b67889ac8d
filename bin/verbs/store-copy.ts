import type { PoolClient } from 'pg';
import { compareLogs, LogsDiffer } from '../../adapters/eventstore/copy/compare-logs.js';
import { copyToEventStoreDB } from '../../adapters/eventstore/copy/copy-to-eventstoredb.js';
import { copyToPostgres } from '../../adapters/eventstore/copy/copy-to-postgres.js';
import { rememberPositions, switchLog } from '../../adapters/eventstore/copy/switch-log.js';
import { EventStoreDBEventStore } from '../../adapters/eventstore/eventstoredb/eventstoredb-event-store.js';
import { PostgresEventStore } from '../../adapters/eventstore/postgres/postgres-event-store.js';
import { migrate } from '../../adapters/postgres/migrate.js';
import { Notifications } from '../../adapters/postgres/notifications.js';
import { createPool } from '../../adapters/postgres/pool.js';
import type { EventStore } from '../../commands/ports.js';
import { Kysely, PostgresDialect } from 'kysely';
import { OperatorError, type Settings } from '../configuration.js';
import { createLogger } from '../logger.js';
import { explainConnectionFailure, joinDatabase } from '../open/open-database.js';
import { progressLine } from '../progress-line.js';

/** The lock under which the log in Postgres is appended to: nobody else does while it is held. */
const appendLock = '7305001';

interface Sides {
  readonly inside: EventStore;
  readonly outside: EventStore & { readonly storeId: string };
  readonly url: string;
  readonly client: PoolClient;
}

/** `postgres://...`, or `database` for the installation's own, and `esdb://...`: one of each. */
const sidesOf = (from: string, to: string): { url: string; database: string; outward: boolean } => {
  const outward = to.startsWith('esdb');
  const [url, database] = outward ? [to, from] : [from, to];
  if (!/^esdb(\+discover)?:\/\//.test(url) || !/^(database|postgres(ql)?:\/\/.*)$/.test(database))
    throw new OperatorError('store copy: one side is esdb://..., the other postgres://... or "database".');
  return { url, database, outward };
};

/**
 * Copies the log of an installation between its Postgres and an EventStoreDB, verifies the copy by reading both again, and
 * lets the installation use it. The product must be stopped. An interrupted copy goes on where it ended.
 */
export const copyStore = async (settings: Settings, from: string, to: string): Promise<void> => {
  const { url, database, outward } = sidesOf(from, to);
  const log = createLogger(settings.MUNIMENT_LOG_LEVEL);
  const own: Settings = database === 'database' ? settings : { ...settings, DATABASE_URL: database };
  const opened = await joinDatabase(own, log);
  const pool = createPool(
    { ...opened.connection, statement_timeout: 0, query_timeout: 0, application_name: 'muniment store copy' },
    () => undefined,
  );
  try {
    await migrate(new Kysely({ dialect: new PostgresDialect({ pool }) })).catch((error: unknown) => {
      throw explainConnectionFailure(error, own);
    });
    const client = await pool.connect();
    try {
      await requireStopped(client);
      await client.query(`select pg_advisory_lock(${appendLock})`);
      const inside = await PostgresEventStore.open(pool, new Notifications(opened.connection, []));
      const outside = await EventStoreDBEventStore.open(url, pool).catch((error: unknown) => {
        throw new OperatorError(`store copy: EventStoreDB does not answer: ${(error as Error).message}.`);
      });
      try {
        await (outward ? copyOut : copyIn)({ inside, outside, url, client });
      } finally {
        await outside.close();
      }
    } finally {
      client.release(true);
    }
  } catch (error) {
    if (error instanceof LogsDiffer)
      throw new OperatorError(`store copy: ${error.message}; the target holds something else.`);
    throw error;
  } finally {
    await pool.end();
    await opened.close();
  }
};

const requireStopped = async (client: PoolClient): Promise<void> => {
  const { rows } = await client.query(
    "select from pg_stat_activity where datname = current_database() and application_name = 'muniment listen'",
  );
  if (rows.length > 0) throw new OperatorError('store copy: stop the product first.');
};

const boundTo = async (client: PoolClient): Promise<string | null> => {
  const { rows } = await client.query<{ external: string | null }>(
    'select external_store as external from es.head',
  );
  return rows[0]!.external;
};

const copyOut = async ({ inside, outside, url, client }: Sides): Promise<void> => {
  if ((await boundTo(client)) !== null)
    throw new OperatorError('store copy: the log of this database is in EventStoreDB already.');
  const after = await resumedAt(inside, outside, client);
  const progress = progressLine('events');
  const total = Number(await inside.head());
  let done = Number(after);
  await copyToEventStoreDB({
    from: inside,
    after,
    url,
    client,
    onCopied: (count) => progress.show((done += count), total),
  });
  await verified(inside, outside, client, total);
  await switchLog(client, outside.storeId);
  process.stdout.write('Copied and verified. Set EVENTSTORE_URL and start; read models are made anew.\n');
};

/** Up to where an earlier run has copied. */
const resumedAt = async (inside: EventStore, outside: EventStore, client: PoolClient): Promise<bigint> => {
  const last = await outside.head();
  if (last === 0n) return 0n;
  let position = 0n;
  for (let after = 0n; after < last;) {
    const page = await outside.readAll({ after, limit: 500 });
    after = page.at(-1)!.position;
    if (after < last) continue;
    const { rows } = await client.query<{ position: bigint }>('select position from es.event where id = $1', [
      page.at(-1)!.id,
    ]);
    position = rows[0]?.position ?? 0n;
  }
  if (position === 0n || position > (await inside.head())) throw new LogsDiffer(position);
  return position;
};

const copyIn = async ({ inside, outside, url, client }: Sides): Promise<void> => {
  if ((await boundTo(client)) !== outside.storeId)
    throw new OperatorError('store copy: this database does not belong to that EventStoreDB.');
  const progress = progressLine('bytes of the log');
  const size = Number(await outside.head());
  await copyToPostgres({
    from: outside,
    to: inside,
    url,
    client,
    onCopied: (position) => progress.show(Number(position), size),
  });
  await verified(outside, inside, client, Number(await inside.head()));
  await switchLog(client, null);
  process.stdout.write('Copied and verified. Unset EVENTSTORE_URL and start; read models are made anew.\n');
};

const verified = async (
  from: EventStore,
  to: EventStore,
  client: PoolClient,
  total: number,
): Promise<void> => {
  const progress = progressLine('events compared');
  let done = 0;
  await compareLogs(from, to, async (pairs) => {
    await rememberPositions(client, pairs);
    progress.show((done += pairs.length), total);
  });
  progress.end(`${String(done)} events are the same in both logs`);
};
