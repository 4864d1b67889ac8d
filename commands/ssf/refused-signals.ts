import { z } from 'zod';
import { id } from '../../domain/kernel/ids.js';
import { permission } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { loadStream } from './load-stream.js';

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
 * Lets refused events of a stream wait for their receiver again: the named ones, or all. Permission `change_ssf_stream`. Appends
 * `activity.signal.resent`, nothing when there were none. Throws `NOT_FOUND`.
 */
export const resendSsfEventsCommand = defineCommand({
  name: 'resendSsfEvents',
  input: z.strictObject({
    id: id('ssf_stream'),
    deliveries: z.array(z.uuid()).max(500).nullable().default(null),
  }),
  access: permission('change_ssf_stream'),
  run: async (unit, { id: streamId, deliveries }) => {
    await loadStream(unit, streamId);
    const count = await unit.ports.signals.resend(streamId, deliveries);
    if (count > 0) unit.record({ type: 'activity.signal.resent', data: { streamId, count } });
    return { count };
  },
});
