import { hostname, userInfo } from 'node:os';
import type { CommandContext } from '../commands/command.js';
import type { Ports } from '../commands/ports.js';
import { systemContext } from '../commands/system-context.js';
import type { Settings } from './configuration.js';
import { startCore, type Core } from './core.js';
import { createLogger } from './logger.js';
import { explainConnectionFailure, joinDatabase } from './open/open-database.js';

/** The person at the shell, by operating system user and host. */
export const operatorContext = (ports: Ports): CommandContext => ({
  ...systemContext(ports, 'shell'),
  actor: { type: 'cli', id: 'shell', label: `${userInfo().username}@${hostname()}` },
  via: 'cli',
});

/** Runs work against the store of this installation, whether the product is running or not. */
export const withCore = async <T>(settings: Settings, work: (core: Core) => Promise<T>): Promise<T> => {
  const log = createLogger(settings.MUNIMENT_LOG_LEVEL);
  const database = await joinDatabase(settings, log);
  try {
    const core = await startCore(settings, database.connection, log).catch((error: unknown) => {
      throw explainConnectionFailure(error, settings);
    });
    try {
      return await work(core);
    } finally {
      await core.stop();
    }
  } finally {
    await database.close();
  }
};
