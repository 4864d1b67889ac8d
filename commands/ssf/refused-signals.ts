import { z } from 'zod';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { loadStream } from './load-stream.js';

const mostAtOnce = 500;

/** Puts on record that a receiver did not take an event. Appends `activity.signal.refused`. */
export const recordRefusedSignalCommand = defineCommand({
  name: 'recordRefusedSignal',
  input: z.strictObject({
    streamId: id('ssf_stream'),
    deliveryId: z.uuid(),
    type: z.string(),
    attempts: z.int(),
    failure: z.string(),
  }),
  access: permission('administer'),
  repeatsSafely: true,
  run: (unit, data) => {
    unit.record({ type: 'activity.signal.refused', data });
    return Promise.resolve();
  },
});

/**
 * Lets refused events of a stream wait for their receiver again: the named ones, or all, five hundred at
 * most. Permission `change_ssf_stream`. Appends
 * `activity.signal.resent`, nothing when there were none. Throws `NOT_FOUND`.
 */
export const resendSsfEventsCommand = defineCommand({
  name: 'resendSsfEvents',
  input: z.strictObject({
    id: id('ssf_stream'),
    deliveries: z.array(z.uuid()).max(mostAtOnce).nullable().default(null),
  }),
  access: permission('change_ssf_stream'),
  run: async (unit, { id: streamId, deliveries }) => {
    await loadStream(unit, streamId);
    const refused = await unit.ports.signals.refused(streamId, mostAtOnce);
    const wanted = refused.map((row) => row.id).filter((row) => deliveries?.includes(row) ?? true);
    // Oldest first stays the order: each keeps its number in the lane.
    const count = wanted.length === 0 ? 0 : await unit.ports.deliveries.resend(wanted);
    if (count > 0) unit.record({ type: 'activity.signal.resent', data: { streamId, count } });
    return { count };
  },
});
