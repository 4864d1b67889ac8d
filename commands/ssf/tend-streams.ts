import { z } from 'zod';
import { durationMs } from '../../domain/kernel/duration.js';
import { permission } from '../../domain/kernel/rights.js';
import { changeStatus } from '../../domain/ssf/change-status.js';
import { ssfStream } from '../../domain/ssf/model.js';
import type { StreamStatus } from '../../domain/ssf/status-changed.js';
import type { Stream } from '../../domain/ssf/stream.js';
import { defineCommand } from '../command.js';
import type { Ports } from '../ports.js';
import { loadStream } from './load-stream.js';

/** How long events are held for a stream that is paused, and for a receiver that does not answer. */
export const holdMs = 7 * 24 * 60 * 60 * 1000;

interface Due {
  readonly stream: Stream;
  readonly status: StreamStatus;
  readonly reason: string;
}

const latest = (...moments: readonly (Date | string | null)[]): number =>
  Math.max(...moments.map((moment) => (moment === null ? 0 : new Date(moment).getTime())));

/** What time alone makes of a stream. A receiver that takes what it is pushed is as alive as one that polls. */
const dueOf = async ({ signals }: Ports, stream: Stream, now: Date): Promise<Due | null> => {
  const { status, statusChangedAt, inactivityTimeout } = stream.values;
  if (status === 'paused' && now.getTime() - latest(statusChangedAt) > holdMs)
    return { stream, status: 'disabled', reason: 'The stream was paused for longer than events are held.' };
  if (status !== 'enabled' || inactivityTimeout === null) return null;
  const { seenAt, lastDeliveredAt } = await signals.backlog(stream.id);
  const heardOf = latest(
    stream.createdAt,
    statusChangedAt,
    seenAt,
    stream.values.deliveryMethod === 'push' ? lastDeliveredAt : null,
  );
  return now.getTime() - heardOf > durationMs(inactivityTimeout)
    ? {
        stream,
        status: 'paused',
        reason: 'The receiver was not heard of for longer than its inactivity timeout.',
      }
    : null;
};

/**
 * Pauses streams whose receivers were not heard of in time, and disables those that were paused for a week. Appends
 * `ssfstream.status.changed` for each.
 */
export const tendStreamsCommand = defineCommand({
  name: 'tendStreams',
  input: z.strictObject({}),
  access: permission('administer'),
  run: async (unit) => {
    const { ports, now } = unit;
    for (const stream of ports.config.all(ssfStream)) {
      const due = await dueOf(ports, stream, now);
      if (!due) continue;
      const state = await loadStream(unit, stream.id);
      const { status, reason } = due;
      const events = changeStatus(state, { status, reason, by: 'transmitter' }, now);
      unit.append(ssfStream.category, stream.id, events);
    }
  },
});
