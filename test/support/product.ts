import { randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { readSettings } from '../../bin/configuration.js';
import { bootstrapOptions, startCore, type Core } from '../../bin/core.js';
import { runNotifications } from '../../bin/notifications.js';
import { runSsf } from '../../bin/ssf.js';
import { buildWeb } from '../../bin/web.js';
import { bootstrap } from '../../commands/bootstrap/bootstrap.js';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';
import type { Command, CommandContext } from '../../commands/command.js';
import { execute } from '../../commands/pipeline.js';
import { systemContext } from '../../commands/system-context.js';
import type { RetrySchedule } from '../../workers/outbox/retry-schedule.js';
import { createDatabase, type TestDatabase } from './database.js';
import { startNode, type EventStoreDBNode } from './eventstoredb-node/node.mjs';
import { silent } from './silent-log.js';

export const adminPassword = 'correct horse battery';
export const adminToken = 'bootstrap-token-for-tests-only';

/** The whole product in this process, on a database of its own and a free port. */
export interface Product {
  readonly core: Core;
  readonly app: FastifyInstance;
  readonly connection: ConnectionOptions;
  readonly baseUrl: string;
  /** Runs a command as the product itself and waits until all read models show it. */
  readonly run: <Input, Output>(
    command: Command<Input, Output>,
    input: unknown,
    context?: Partial<CommandContext>,
  ) => Promise<Output>;
  /** Waits until every read model shows the whole log. */
  readonly settle: () => Promise<void>;
  /** Ends what this process delivers by, and starts it anew. */
  readonly stopNotifications: () => Promise<void>;
  readonly startNotifications: () => void;
  readonly stop: () => Promise<void>;
}

const everyGroup = ['directory', 'access', 'config', 'audit', 'inbox', 'history', 'privacy', 'stats', 'ssf'];

const logs = new Map<string, { readonly node: Promise<EventStoreDBNode>; users: number }>();

/** The stand-in for EventStoreDB that the products on one database share. */
const joinLog = async ({
  connection,
}: TestDatabase): Promise<{ readonly url: string; readonly leave: () => void }> => {
  const name = String(connection.database);
  const log = logs.get(name) ?? { node: startNode(), users: 0 };
  logs.set(name, log);
  log.users += 1;
  const node = await log.node;
  return {
    url: node.url,
    leave: () => {
      log.users -= 1;
      if (log.users === 0) node.stop();
    },
  };
};

export const startProduct = async (
  environment: Record<string, string> = {},
  schedule?: RetrySchedule,
  shared?: TestDatabase,
): Promise<Product> => {
  const database = shared ?? (await createDatabase());
  const log = process.env['MUNIMENT_TEST_STORE'] === 'eventstoredb' ? await joinLog(database) : null;
  const settings = readSettings({
    ...(log ? { EVENTSTORE_URL: log.url } : {}),
    MUNIMENT_MASTER_KEY: randomBytes(32).toString('base64'),
    MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword,
    MUNIMENT_BOOTSTRAP_TOKEN: adminToken,
    ...environment,
  });
  const core = await startCore(settings, database.connection, silent);
  await bootstrap(core.ports, bootstrapOptions(settings));
  const deliver = (): (() => Promise<void>) => {
    const stops = [runNotifications(core, schedule), runSsf(core, schedule)];
    return async () => {
      await Promise.all(stops.map((end) => end()));
    };
  };
  let stopNotifications = deliver();
  const app = await buildWeb(core, settings, fastify({ logger: false }).log, () => null);
  const baseUrl = (await app.listen({ host: '127.0.0.1', port: 0 })).replace('127.0.0.1', 'localhost');
  const settle = async (): Promise<void> => {
    await core.ports.readModels.waitFor(await core.ports.store.head(), 10_000, everyGroup);
  };
  return {
    core,
    app,
    connection: database.connection,
    baseUrl,
    run: async (command, input, context = {}) => {
      const { output } = await execute(core.ports, command, input, {
        ...systemContext(core.ports, 'test'),
        ...context,
      });
      await settle();
      return output;
    },
    settle,
    stopNotifications: () => stopNotifications(),
    startNotifications: () => {
      stopNotifications = deliver();
    },
    stop: async () => {
      await app.close();
      await stopNotifications();
      await core.stop();
      log?.leave();
      if (!shared) await database.drop();
    },
  };
};
