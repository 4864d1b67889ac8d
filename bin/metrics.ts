import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Pool } from 'pg';
import { Gauge, Histogram, Registry } from 'prom-client';
import { appendChannel, type Appended } from '../adapters/eventstore/postgres/postgres-event-store.js';
import type { Ports, ReadModels } from '../commands/ports.js';
import { sink as sinkFamily } from '../domain/sink/family.js';
import { splitListen } from './configuration.js';
import type { Core } from './core.js';

const nanosecondsPerSecond = 1e9;

/** Figures of this process and of what it shares, gathered when somebody asks. None of them names a person. */
const buildFigures = (
  core: Core,
  onAppended: (observe: (seconds: number) => void) => void,
): (() => Promise<string>) => {
  const registry = new Registry();
  const registers = [registry];
  const refreshers = [
    addReadModels(registry, core.ports.readModels),
    addOutbox(registry, core.backgroundPool),
    addSinks(registry, core.ports),
  ];
  new Gauge({
    name: 'pool_waiting',
    help: 'Requests that wait for a database connection.',
    labelNames: ['pool'],
    registers,
    collect() {
      this.set({ pool: 'requests' }, core.pool.waitingCount);
      this.set({ pool: 'background' }, core.backgroundPool.waitingCount);
    },
  });
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  new Gauge({
    name: 'event_loop_delay_p99',
    help: 'Delay of the event loop since the figure was last read, 99th percentile, in seconds.',
    registers,
    collect() {
      this.set(delay.percentile(99) / nanosecondsPerSecond);
      delay.reset();
    },
  });
  const appends = new Histogram({
    name: 'append_seconds',
    help: 'Time until the log has stored an append.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  onAppended((seconds) => {
    appends.observe(seconds);
  });
  return async () => {
    await Promise.all(refreshers.map((refresh) => refresh()));
    return registry.metrics();
  };
};

/** Figures that are asked for; told anew before each answer. */
type Refresh = () => Promise<void>;

const addReadModels = (registry: Registry, readModels: ReadModels): Refresh => {
  const gauge = (name: string, help: string): Gauge<'group'> =>
    new Gauge({ name, help, labelNames: ['group'], registers: [registry] });
  const events = gauge(
    'projection_lag_events',
    'How many positions a group of read models is behind the log.',
  );
  const seconds = gauge(
    'projection_lag_seconds',
    'Age of the first event that a group of read models does not show yet.',
  );
  const failed = gauge('projection_failed', '1 while a group of read models has halted at an event.');
  return async () => {
    for (const { name, state, lagEvents, lagSeconds, halt } of await readModels.status()) {
      if (state !== 'live') continue;
      events.set({ group: name }, lagEvents);
      seconds.set({ group: name }, lagSeconds);
      failed.set({ group: name }, halt ? 1 : 0);
    }
  };
};

const addOutbox = (registry: Registry, pool: Pool): Refresh => {
  const registers = [registry];
  const pending = new Gauge({
    name: 'outbox_pending',
    help: 'Deliveries that wait or are tried again.',
    registers,
  });
  const parked = new Gauge({
    name: 'parked_total',
    help: 'Deliveries that were given up and are still remembered.',
    registers,
  });
  return async () => {
    const { rows } = await pool.query<{ status: string; n: number }>(
      `select status, count(*)::int as n from outbox.delivery where status in ('pending', 'parked') group by status`,
    );
    const count = (status: string): number => rows.find((row) => row.status === status)?.n ?? 0;
    pending.set(count('pending'));
    parked.set(count('parked'));
  };
};

const addSinks = (registry: Registry, { sinks, config }: Ports): Refresh => {
  const gauge = (name: string, help: string): Gauge<'sink'> =>
    new Gauge({ name, help, labelNames: ['sink'], registers: [registry] });
  const entries = gauge('sink_lag_entries', 'Entries of the event log that a sink has yet to look at.');
  const seconds = gauge('sink_lag_seconds', 'Age of the first entry that a sink has yet to look at.');
  const letters = gauge('sink_dead_letters', 'Entries that the receiver of a sink has refused for good.');
  const failing = gauge('sink_failing', '1 while a sink is failing or disabled.');
  return async () => {
    for (const one of [entries, seconds, letters, failing]) one.reset();
    const objects = config.family(sinkFamily.family);
    for (const status of await sinks.records.status(objects.map(({ id }) => id))) {
      const values = objects.find(({ id }) => id === status.sinkId)?.values ?? {};
      const labels = { sink: String(values['name']) };
      entries.set(labels, status.lagEntries);
      seconds.set(labels, status.lagSeconds);
      letters.set(labels, status.deadLetters);
      failing.set(labels, ['failing', 'disabled'].includes(String(values['state'])) ? 1 : 0);
    }
  };
};

const listen = (server: Server, text: string): Promise<void> => {
  const { host, port } = splitListen(text);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
};

/**
 * Opens the listener for figures, by default for this machine only. A port in use costs the figures, not the start.
 * Returns how to close it.
 */
export const serveMetrics = async (core: Core, text: string): Promise<() => Promise<void>> => {
  const closers: (() => void)[] = [];
  const figures = buildFigures(core, (observe) => {
    const hear = (message: unknown): void => {
      observe((message as Appended).seconds);
    };
    subscribe(appendChannel, hear);
    closers.push(() => unsubscribe(appendChannel, hear));
  });
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    figures().then(
      (text) => response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text),
      (error: unknown) => {
        core.ports.log.warn({ err: error }, 'the figures could not be gathered');
        response.writeHead(503, { 'retry-after': '2' }).end();
      },
    );
  });
  try {
    await listen(server, text);
  } catch (error) {
    core.ports.log.warn({ err: error, address: text }, 'figures are not served: the address cannot be had');
  }
  return () =>
    new Promise((resolve) => {
      for (const close of closers) close();
      server.closeAllConnections();
      server.close(() => {
        resolve();
      });
    });
};
