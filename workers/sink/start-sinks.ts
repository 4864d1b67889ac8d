import { endpointContext } from '../../commands/sink/endpoint-context.js';
import type { SinkEndpoint } from '../../commands/sink/endpoint.js';
import type { SinkValues } from '../../commands/sink/load-sink.js';
import { openEndpoint } from '../../commands/sink/open-endpoint.js';
import type { SinkConnection } from '../../commands/sink-ports.js';
import type { Ports } from '../../commands/ports.js';
import type { AuditEntry } from '../../domain/audit/entry.js';
import type { ConfigObject } from '../../domain/kernel/config-view.js';
import { sink as family } from '../../domain/sink/family.js';
import { GatheredAhead } from './gathered-ahead.js';
import { RecentlySent } from './recently-sent.js';
import { startLanes, type LaneSignals } from '../outbox/start-lanes.js';
import { beginOf, deliverRun, liveRun, type Next } from './deliver-run.js';

type Sink = ConfigObject<SinkValues>;

const delivering = ['active', 'failing'];

interface Opened {
  readonly settings: string;
  readonly endpoint: SinkEndpoint;
  readonly sent: RecentlySent;
  readonly ahead: GatheredAhead;
}

/** What the receiving end depends on: everything but what happens to the sink. */
const settingsOf = ({ values }: Sink): string =>
  JSON.stringify({ ...values, state: '', stateReason: '', requests: [] });

/** Sinks at work in this process. */
export interface SinkWorkers {
  /** The event log has grown, or a sink was changed. */
  readonly onNews: () => void;
  /** Somebody has let these go on: they do not wait for their next attempt. */
  readonly onResumed: (sinkIds: readonly string[]) => void;
  /** Somebody's data was erased: what was read ahead may still show it. */
  readonly onShredded: () => void;
  readonly stop: () => Promise<void>;
}

export interface SinkOptions {
  readonly ports: Ports;
  readonly read: (after: bigint, limit: number) => Promise<readonly AuditEntry[]>;
  readonly random?: () => number;
}

/**
 * Brings entries of the event log to every active sink: in order, at least once, each sink by one process of the site
 * and beside the others.
 */
export const startSinks = ({ ports, read, random = Math.random }: SinkOptions): SinkWorkers => {
  const opened = new Map<string, Opened>();
  /** Sinks that may have something to do, and when those that have nothing now look again. */
  const stirred = new Set<string>();
  const wakeAt = new Map<string, number>();
  /** By connection: a database that crashed may have lost the newest rows, and takes the connection with it. */
  const handledBy = new WeakMap<SinkConnection, Set<string>>();
  /** Sinks that somebody has just let go on. */
  const resumed = new Set<string>();

  const sinks = (): readonly Sink[] =>
    ports.config
      .family(family.family)
      .filter(({ values }) => delivering.includes(String(values['state']))) as unknown as readonly Sink[];

  const waiting = (): Promise<readonly { readonly lane: string; readonly inMs: number }[]> => {
    const now = ports.clock.now().getTime();
    return Promise.resolve(
      sinks().flatMap(({ id }) => {
        if (stirred.has(id)) return [{ lane: id, inMs: 0 }];
        const at = wakeAt.get(id);
        return at === undefined ? [] : [{ lane: id, inMs: Math.max(0, at - now) }];
      }),
    );
  };

  /** The receiving end as the sink is configured now. Requests and states leave it as it is. */
  const openedFor = async (sink: Sink): Promise<Opened> => {
    const known = opened.get(sink.id);
    const settings = settingsOf(sink);
    if (known?.settings === settings) return known;
    await known?.endpoint.close();
    const endpoint = openEndpoint(endpointContext(ports), sink);
    const made = {
      settings,
      endpoint,
      sent: new RecentlySent(),
      ahead: new GatheredAhead(() => ports.clock.now().getTime()),
    };
    opened.set(sink.id, made);
    return made;
  };

  const handledUnder = (connection: SinkConnection): Set<string> => {
    const known = handledBy.get(connection);
    if (known) return known;
    const none = new Set<string>();
    handledBy.set(connection, none);
    return none;
  };

  /** Makes what was asked of a sink into runs. */
  const prepare = async (connection: SinkConnection, sink: Sink): Promise<void> => {
    const handled = handledUnder(connection);
    const now = ports.clock.now();
    if (!handled.has(sink.id)) {
      const position = await beginOf(ports, sink, liveRun);
      await connection.open({ sinkId: sink.id, run: liveRun, label: null, position, until: null }, now);
      handled.add(sink.id);
    }
    for (const request of sink.values.requests) {
      if (handled.has(request.id)) continue;
      if (request.kind === 'skip') await connection.settle(sink.id, [request.entryId ?? ''], 'skipped', now);
      else
        await connection.open(
          {
            sinkId: sink.id,
            run: request.id,
            label: request.label,
            position: BigInt(request.after),
            until: BigInt(request.until),
          },
          now,
        );
      handled.add(request.id);
    }
  };

  const round = async (connection: SinkConnection, sink: Sink, signal: AbortSignal): Promise<Next> => {
    await prepare(connection, sink);
    const receiving = await openedFor(sink);
    let soonest: number | null = null;
    let again = false;
    const atOnce = resumed.delete(sink.id);
    for (const found of await connection.runsOf(sink.id)) {
      if (found.finishedAt !== null || signal.aborted) continue;
      const run = atOnce ? { ...found, dueAt: null } : found;
      const next = await deliverRun({ ports, connection, sink, signal, random, read, ...receiving }, run);
      if (next === 'again') again = true;
      else if (next !== null) soonest = Math.min(soonest ?? next, next);
    }
    return again ? 'again' : soonest;
  };

  const work = async (connection: SinkConnection, id: string, signals: LaneSignals): Promise<void> => {
    stirred.delete(id);
    wakeAt.delete(id);
    try {
      for (let next: Next = 'again'; next === 'again' && !signals.stopping.aborted;) {
        const sink = sinks().find((one) => one.id === id);
        if (!sink) return;
        next = await round(connection, sink, signals.aborting);
        if (typeof next === 'number') wakeAt.set(id, ports.clock.now().getTime() + next);
      }
    } catch (error) {
      stirred.add(id);
      throw error;
    }
  };

  /** Connections of sinks that are gone or rest are not kept. */
  const closeIdle = (): void => {
    const active = new Set(sinks().map(({ id }) => id));
    for (const [id, { endpoint }] of opened)
      if (!active.has(id)) {
        opened.delete(id);
        void endpoint.close();
      }
  };

  const lanes = startLanes({
    name: 'sinks',
    connect: () => ports.sinks.connect(),
    waiting,
    work,
    log: ports.log,
  });
  const onNews = (): void => {
    closeIdle();
    for (const { id } of sinks()) stirred.add(id);
    lanes.wake();
  };
  onNews();
  return {
    onNews,
    onResumed: (sinkIds) => {
      for (const id of sinkIds) resumed.add(id);
      onNews();
    },
    onShredded: () => {
      for (const { ahead } of opened.values()) ahead.dropAll();
    },
    stop: async () => {
      await lanes.stop();
      for (const { endpoint } of opened.values()) await endpoint.close();
    },
  };
};
