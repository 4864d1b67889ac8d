import { join } from 'node:path';
import { bootstrap } from '../commands/bootstrap/bootstrap.js';
import { setupCode } from '../commands/flow/setup-code.js';
import { settings as settingsAggregate, type SettingsEvent } from '../domain/settings/settings.js';
import { fold } from '../domain/kernel/event.js';
import { listenerCertificate } from '../adapters/tls/listener-certificate.js';
import { startRecordingFoldedFacts } from '../workers/recording-folded-facts.js';
import { dataFolder, machineName, type Settings } from './configuration.js';
import { bootstrapOptions, startCore, type Core } from './core.js';
import { runJobs } from './jobs.js';
import { listenHttp, listenHttps } from './listen.js';
import { createLogger } from './logger.js';
import { explainConnectionFailure, openDatabase } from './open/open-database.js';
import { recordOpenTargets } from './outbound-targets.js';
import { runNotifications } from './notifications.js';
import { runSinks } from './sinks.js';
import { rewrapInBackground } from './rewrap-in-background.js';
import { runSsf } from './ssf.js';
import { buildWeb } from './web.js';

const stopMs = 4500;
/** A terminal tells all that runs in it, and npm passes on what it is told: so close behind the first, a signal is the same. */
const sameSignalMs = 1000;
/** Of that, what requests in flight may take. */
const drainMs = 2500;

const isSetUp = async ({ ports }: Core): Promise<boolean> => {
  const events = await ports.sealer.openEvents(await ports.store.readStream('settings-main'));
  return fold(settingsAggregate, events as unknown as SettingsEvent[]).setupCompleted;
};

/** The line a person needs after the start. */
const greeting = ({ ports }: Core, settings: Settings, port: number, setUp: boolean): string => {
  const base = settings.MUNIMENT_BASE_URL?.replace(/\/$/, '') ?? `http://localhost:${String(port)}`;
  if (setUp) return `Muniment is ready at ${base}/`;
  return `Muniment is ready. Choose the administrator's password at ${base}/if/flow/initial-setup/?code=${setupCode(ports)}`;
};

/** Starts everything in this process tree and stays until a signal: SIGTERM and SIGINT stop it, one that comes later again at once. */
export const up = async (settings: Settings): Promise<void> => {
  const log = createLogger(settings.MUNIMENT_LOG_LEVEL);
  const closers: (() => Promise<unknown>)[] = [];
  let stoppingSince: number | null = null;
  const stop = async (code: number): Promise<void> => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince > sameSignalMs) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    setTimeout(() => process.exit(code), stopMs).unref();
    for (const close of closers.reverse())
      await close().catch((error: unknown) => {
        log.warn({ err: error }, 'a part did not stop cleanly');
      });
    process.exit(code);
  };
  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  try {
    const database = await openDatabase(settings, log);
    closers.push(database.close);
    const core = await startCore(settings, database.connection, log).catch((error: unknown) => {
      throw explainConnectionFailure(error, settings);
    });
    closers.push(core.stop);
    await bootstrap(core.ports, bootstrapOptions(settings));
    closers.push(runNotifications(core));
    closers.push(runSsf(core));
    closers.push(runSinks(core));
    closers.push(rewrapInBackground(core));
    await recordOpenTargets(core.ports, settings.MUNIMENT_OUTBOUND_ALLOW);
    closers.push(startRecordingFoldedFacts(core.ports, core.foldedFacts));
    closers.push(await runJobs(core, database.connection, settings));

    const { serveMetrics } = await import('./metrics.js');
    closers.push(await serveMetrics(core, settings.MUNIMENT_LISTEN_METRICS));
    // All that may fail is done before the first request: what ends the start must not end a product in use.
    const setUp = await isSetUp(core);
    const app = await buildWeb(core, settings, log, () =>
      stoppingSince === null ? readinessOf(core) : 'stopping',
    );
    closers.push(() => app.close());
    const pair = await listenerCertificate(join(dataFolder(settings), 'keys'), machineName());
    const https = await listenHttps(app, settings.MUNIMENT_LISTEN_HTTPS, pair);
    closers.push(() => https.close(drainMs));
    const port = await listenHttp(app, settings.MUNIMENT_LISTEN_HTTP);
    process.stdout.write(`${greeting(core, settings, port, setUp)}\n`);
  } catch (error) {
    for (const close of closers.reverse()) await close().catch(() => undefined);
    throw error;
  }
};

/** Why this node cannot sign people in, or null. */
const readinessOf = (core: Core): string | null => {
  for (const name of ['directory', 'access', 'config'])
    if (core.runners.get(name)?.state.halt) return `read model ${name} has halted`;
  return null;
};
