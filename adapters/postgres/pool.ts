import pg from 'pg';

pg.types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

export type ConnectionOptions = pg.PoolConfig;

/** A bounded pool; broken idle connections are reported and replaced, never thrown into the process. */
export const createPool = (options: ConnectionOptions, onError: (error: Error) => void): pg.Pool => {
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5000,
    application_name: 'muniment',
    options: '-c jit=off',
    ...options,
  });
  pool.on('error', onError);
  return pool;
};

const connectionCodes = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006', '08001', '08004']);
const socketCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'ENOTFOUND']);

/** Whether an error means that the connection is gone, so that the outcome of a statement in flight is unknown. */
export const isConnectionError = (error: unknown): boolean => {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return connectionCodes.has(code) || socketCodes.has(code);
  const message = (error as { message?: unknown } | null)?.message;
  return (
    typeof message === 'string' &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message,
    )
  );
};
