import type { ConfigObject } from '../kernel/config-view.js';
import type { StateOf } from '../kernel/model.js';
import type { ssfStream } from './model.js';

export type StreamState = StateOf<(typeof ssfStream)['fields']>;
export type Stream = ConfigObject<StreamState>;

/**
 * Lanes of a stream. Events keep their order in one. What tells of the stream itself has lanes of its own: a verification
 * must get through where an event is stuck, and the news of a pause although the stream is paused.
 */
export const laneKinds = ['events', 'verification', 'status'] as const;
export type LaneKind = (typeof laneKinds)[number];

export const laneOf = (streamId: string, kind: LaneKind): string =>
  kind === 'events' ? streamId : `${streamId}/${kind}`;

export const streamOfLane = (lane: string): { readonly streamId: string; readonly kind: LaneKind } => {
  const [streamId = '', kind] = lane.split('/');
  return { streamId, kind: laneKinds.find((known) => known === kind) ?? 'events' };
};

/** Lanes from which a stream may be served as it stands now. */
export const openLanes = (status: StreamState['status']): readonly LaneKind[] =>
  status === 'enabled' ? laneKinds : ['status'];
