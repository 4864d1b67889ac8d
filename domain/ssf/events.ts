/*
 * Facts about streams of shared signals. Streams `activity-signal.<hour>.<shard>`; nothing is decided on them.
 */
import { z } from 'zod';
import { eventType, type EventsOf } from '../kernel/event.js';
import { storedId } from '../kernel/ids.js';
import type { StreamSubjectEvent } from './subject/events.js';

export const signalEvents = {
  /** Somebody wants to see that a stream works. `state`: what the receiver wants to get back; `subject`: whose key seals it. */
  'activity.signal.requested': eventType(
    1,
    { streamId: storedId('ssf_stream'), subject: z.string(), state: z.string().nullable() },
    { subject: 'subject', pii: ['state'] },
  ),
  /** A delivery was refused by the receiver or given up. `failure` is one of the product's own texts. */
  'activity.signal.refused': eventType(1, {
    streamId: storedId('ssf_stream'),
    deliveryId: z.uuid(),
    type: z.string(),
    attempts: z.int(),
    failure: z.string(),
  }),
  'activity.signal.resent': eventType(1, { streamId: storedId('ssf_stream'), count: z.int() }),
};

export type SignalEvent = EventsOf<typeof signalEvents>;
export type SharedSignalEvent = SignalEvent | StreamSubjectEvent;
