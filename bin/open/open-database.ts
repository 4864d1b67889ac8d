import type { Logger } from '../../commands/ports.js';
import {
  EmbeddedPostgres,
  embeddedConnection,
  instanceLockPath,
} from '../../adapters/embedded-postgres/supervisor.js';
import { findHolder } from '../../adapters/embedded-postgres/instance-lock.js';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';
import { OperatorError, dataFolder, type Settings } from '../configuration.js';

export interface OpenedDatabase {
  readonly connection: ConnectionOptions;
  readonly close: () => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** The operator's Postgres, or the embedded one, which this process then supervises. */
export const openDatabase = async (settings: Settings, log: Logger): Promise<OpenedDatabase> => {
  if (settings.DATABASE_URL !== undefined)
    return { connection: { connectionString: settings.DATABASE_URL }, close: nothing };
  const dataDir = dataFolder(settings);
  const supervisor = await EmbeddedPostgres.start(dataDir, log);
  return { connection: await embeddedConnection(dataDir), close: () => supervisor.stop() };
};

/** For commands at the shell: joins the running product, or starts the embedded database for as long as it is needed. */
export const joinDatabase = async (settings: Settings, log: Logger): Promise<OpenedDatabase> => {
  if (settings.DATABASE_URL === undefined) {
    const dataDir = dataFolder(settings);
    const holder = await findHolder(instanceLockPath(dataDir));
    if (holder !== null) return { connection: await embeddedConnection(dataDir), close: nothing };
  }
  return openDatabase(settings, log);
};

/** Turns a failure to connect into one line that names what to mend. */
export const explainConnectionFailure = (error: unknown, settings: Settings): unknown => {
  if (settings.DATABASE_URL === undefined) return error;
  const { code, message } = error as { code?: string; message?: string };
  const host = new URL(settings.DATABASE_URL).host;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'EAI_AGAIN':
    case 'ENOENT':
      return new OperatorError(`DATABASE_URL: no Postgres answers at ${host} (${code}).`);
    case '28P01':
    case '28000':
      return new OperatorError(`DATABASE_URL: Postgres at ${host} refuses the user or password.`);
    case '3D000':
      return new OperatorError(`DATABASE_URL: Postgres at ${host} has no such database.`);
    case '42501':
      return new OperatorError(
        `DATABASE_URL: the user at ${host} may not create schemas and extensions in this database.`,
      );
    default:
      return /timeout exceeded when trying to connect|connection timeout|SASL|SSL/i.test(message ?? '')
        ? new OperatorError(`DATABASE_URL: cannot connect to ${host}: ${message ?? ''}`)
        : error;
  }
};
