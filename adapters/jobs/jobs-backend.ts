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
  readonly close: () => Promise<void>;
}

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];
const standardParser = (oid: TypeId): unknown =>
  oid === pg.types.builtins.INT8 ? String : pg.types.getTypeParser(oid);

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
  return {
    factory: createPostgresBackend as unknown as BackendFactory<IQueueBackend, unknown>,
    connection: () => pool,
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
    close: () => {
      for (const copy of connections) copy.disconnect();
      return Promise.resolve();
    },
  };
};
