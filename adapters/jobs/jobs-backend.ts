import {
  createPostgresBackend,
  createRedisBackend,
  DEFAULT_SCHEMA,
  runMigrations,
  type BackendFactory,
  type IQueueBackend,
} from 'bullmq';
import type { Redis } from 'ioredis';
import pg from 'pg';
import { createPool, type ConnectionOptions } from '../postgres/pool.js';

/** Where BullMQ keeps its queue. */
export interface JobsBackend {
  readonly factory: BackendFactory<IQueueBackend, unknown>;
  /** A connection for one part: the worker waits for ever, the queue fails fast. */
  readonly connection: (role: 'queue' | 'worker') => unknown;
  /** Rejects while nothing can be opened. */
  readonly reachable: () => Promise<void>;
  readonly close: () => Promise<void>;
}

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];
const standardParser = (oid: TypeId): unknown =>
  oid === pg.types.builtins.INT8 ? String : pg.types.getTypeParser(oid);

/** So long a worker that finds no database waits before it asks again: by itself it would ask without end. */
const withoutDatabaseMs = 1000;

type Connected = Parameters<Parameters<pg.Pool['connect']>[0]>;

/** A pool that tells late that there is no connection to be had. */
const paced = (pool: pg.Pool): pg.Pool => {
  const connect = pool.connect.bind(pool);
  const attempt = (callback: (...result: Connected) => void): void => {
    connect((...result) => {
      if (result[0]) setTimeout(callback, withoutDatabaseMs, ...result);
      else callback(...result);
    });
  };
  const promised = (): Promise<pg.PoolClient> =>
    new Promise((resolve, reject) => {
      attempt((error, client) => {
        if (client) resolve(client);
        else reject(error ?? new Error('no connection'));
      });
    });
  return Object.assign(pool, {
    connect: ((callback?: (...result: Connected) => void) =>
      callback ? attempt(callback) : promised()) as pg.Pool['connect'],
  });
};

/** A schema of its own in the product's Postgres, on a few connections that all parts share. */
export const openPostgresJobs = async (
  connection: ConnectionOptions,
  onError: (error: Error) => void,
): Promise<JobsBackend> => {
  const pool = createPool(
    {
      ...connection,
      max: 5,
      statement_timeout: 30_000,
      query_timeout: 35_000,
      application_name: 'muniment jobs',
      options: `-c jit=off -c search_path=${DEFAULT_SCHEMA}`,
      // The product reads large integers as BigInt everywhere; the queue counts with numbers.
      types: { getTypeParser: standardParser },
    },
    onError,
  );
  const client = await pool.connect();
  try {
    await runMigrations(client, DEFAULT_SCHEMA);
  } finally {
    client.release();
  }
  paced(pool);
  return {
    factory: createPostgresBackend as unknown as BackendFactory<IQueueBackend, unknown>,
    connection: () => pool,
    reachable: async () => {
      (await pool.connect()).release();
    },
    close: () => pool.end(),
  };
};

const forEver = undefined as unknown as number;

/** The site's Redis. */
export const redisJobs = (redis: Redis): JobsBackend => {
  const connections: Redis[] = [];
  return {
    factory: createRedisBackend as unknown as BackendFactory<IQueueBackend, unknown>,
    connection: (role) => {
      const copy = redis.duplicate({
        lazyConnect: false,
        enableOfflineQueue: true,
        // A worker waits in a blocking command for as long as there is nothing to do.
        ...(role === 'worker' ? { maxRetriesPerRequest: null, commandTimeout: forEver } : {}),
      });
      connections.push(copy);
      return copy;
    },
    // Connections to Redis wait for it by themselves.
    reachable: () => Promise.resolve(),
    close: () => {
      for (const copy of connections) copy.disconnect();
      return Promise.resolve();
    },
  };
};
