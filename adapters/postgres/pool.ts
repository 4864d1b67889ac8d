import pg from 'pg';
import { PreparingClient } from './preparing-client.js';

pg.types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

export type ConnectionOptions = pg.PoolConfig;

/**
 * A bounded pool; broken idle connections are reported and replaced, never thrown into the process. The server ends
 * what is slow; the deadline of this side, a little later, ends what a silent server or network leaves unanswered.
 */
export const createPool = (
  { query_timeout: answerMs = 3000, ...options }: ConnectionOptions,
  onError: (error: Error) => void,
): pg.Pool => {
  const pool = new pg.Pool({
    Client: class extends PreparingClient {
      constructor(config?: pg.ClientConfig) {
        super(config, answerMs);
      }
    },
    max: 10,
    connectionTimeoutMillis: 2000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 2500,
    application_name: 'muniment',
    // Searches hold the places of hundreds of thousands of entries; with less memory each would be looked at again.
    options: '-c jit=off -c work_mem=32MB',
    ...options,
  });
  // A connection that breaks while somebody uses it tells its user; without a listener it would end the process too.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  pool.on('error', (error) => {
    if (!pool.ending) onError(error);
  });
  return pool;
};
