import type { ModelEvent } from '../kernel/model-events.js';
import type { StatusChanger, StreamStatus } from './status-changed.js';
import type { StreamState } from './stream.js';

/** `ssfstream.status.changed`, or nothing for a stream that stands so already. */
export const changeStatus = (
  state: StreamState,
  change: { readonly status: StreamStatus; readonly reason: string | null; readonly by: StatusChanger },
  now: Date,
): ModelEvent[] =>
  state.status === change.status
    ? []
    : [{ type: 'ssfstream.status.changed', data: { ...change, at: now.toISOString() } }];
