import type { Delivery, Outbox } from '../../commands/delivery-ports.js';
import { execute } from '../../commands/pipeline.js';
import type { Ports } from '../../commands/ports.js';
import { recordRefusedSignalCommand } from '../../commands/ssf/refused-signals.js';
import { setSsfStreamStatusCommand } from '../../commands/ssf/set-stream-status.js';
import { holdMs } from '../../commands/ssf/tend-streams.js';
import { systemContext } from '../../commands/system-context.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { openLanes, streamOfLane } from '../../domain/ssf/stream.js';
import type { Database, EventFeed } from '../../projections/projection.js';
import type { RetrySchedule } from '../outbox/retry-schedule.js';
import { startDelivering } from '../outbox/start-delivering.js';
import { holdSchedule } from './hold-schedule.js';
import { pushEvent, ssfJob } from './push-event.js';
import { ssfReactor, startSignalling } from './start-signalling.js';

/** The transmitter of shared signals at work in this process. */
export interface SsfWorkers {
  readonly onEvents: (events: readonly RecordedEvent[]) => void;
  /** Something was put into the outbox, for one lane or for any. */
  readonly onDeliveries: (lane?: string) => void;
  readonly stop: () => Promise<void>;
}

/** Lanes that are not pushed now: those of paused streams, and those that receivers fetch themselves. */
const isHeld =
  (ports: Ports) =>
  (lane: string): boolean => {
    const { streamId, kind } = streamOfLane(lane);
    const stream = ports.config.get(ssfStream, streamId);
    // What nobody will take any more is cleared away by the one who delivers.
    if (!stream || (stream.values.status === 'disabled' && kind !== 'status')) return false;
    return stream.values.deliveryMethod === 'poll' || !openLanes(stream.values.status).includes(kind);
  };

/** Puts on record what was not taken; a receiver that has not answered for a week gets no more. */
const onParked =
  (ports: Ports) =>
  async (delivery: Delivery, attempts: number, failure: string): Promise<void> => {
    const { streamId } = streamOfLane(delivery.lane);
    const context = (what: string) => ({
      ...systemContext(ports, ssfJob),
      commandId: ports.ids.named('command', `${what} ${delivery.id} ${String(delivery.attempts)}`),
    });
    await execute(
      ports,
      recordRefusedSignalCommand,
      { streamId, deliveryId: delivery.id, type: delivery.reference['type'] ?? '', attempts, failure },
      context('refused signal'),
    );
    const isLate = ports.clock.now().getTime() - delivery.createdAt.getTime() > holdMs;
    if (isLate && ports.config.get(ssfStream, streamId))
      await execute(
        ports,
        setSsfStreamStatusCommand,
        { id: streamId, status: 'disabled', reason: 'The receiver has taken nothing for a week.' },
        context('disable stream after'),
      );
  };

/** So many events may pass without a look while there are no streams: the first one must not begin with a long look back. */
const unlookedEvents = 2000;

const concerns = ({ type }: RecordedEvent): boolean =>
  /^(user|membership|group|session|grant|token|ssfstream|activity\.signal)\./.test(type);

/** Starts what tells receivers of shared signals: the look at the log, and the pushing. */
export const startSsf = (options: {
  readonly ports: Ports;
  readonly db: Database;
  readonly feed: EventFeed;
  readonly outbox: Outbox;
  readonly schedule?: RetrySchedule | undefined;
}): SsfWorkers => {
  const { ports, db, feed, outbox } = options;
  const signalling = startSignalling(ports, db, feed, outbox);
  const delivering = startDelivering({
    outbox,
    reactor: ssfReactor,
    send: pushEvent(ports),
    onParked: onParked(ports),
    isHeld: isHeld(ports),
    clock: ports.clock,
    log: ports.log,
    schedule: options.schedule ?? holdSchedule,
  });
  let unlooked = 0;
  return {
    onEvents: (events) => {
      if (events.some(({ type }) => type.startsWith('ssfstream.'))) delivering.wake();
      unlooked += events.length;
      const anything = ports.config.all(ssfStream).length > 0 && events.some(concerns);
      if (!anything && unlooked < unlookedEvents) return;
      unlooked = 0;
      signalling.wake();
    },
    onDeliveries: delivering.wake,
    stop: async () => {
      await Promise.all([signalling.stop(), delivering.stop()]);
    },
  };
};
