/*
 * Events that somebody has decided to leave out of a group of read models, because they cannot be applied.
 * Stream `projection-<group>`. A decision holds for one event in one version of the group, for ever.
 */
import { z } from 'zod';
import { DomainError } from '../kernel/errors.js';
import { eventType, type Aggregate, type EventsOf } from '../kernel/event.js';

export const projectionEvents = {
  'projection.event.skipped': eventType(1, {
    group: z.string(),
    version: z.int(),
    eventId: z.uuid(),
    position: z.string(),
  }),
};

export type ProjectionEvent = EventsOf<typeof projectionEvents>;

export interface SkippedEvent {
  readonly version: number;
  readonly eventId: string;
}

export const skippedEvents: Aggregate<readonly SkippedEvent[], ProjectionEvent> = {
  category: 'projection',
  initialState: [],
  evolve: (state, { data }) => [...state, { version: data.version, eventId: data.eventId }],
};

/** `projection.event.skipped`. Throws `ALREADY_EXISTS` when it was decided before. */
export const skipEvent = (
  state: readonly SkippedEvent[],
  event: {
    readonly group: string;
    readonly version: number;
    readonly eventId: string;
    readonly position: bigint;
  },
): ProjectionEvent[] => {
  if (state.some(({ version, eventId }) => version === event.version && eventId === event.eventId))
    throw new DomainError('ALREADY_EXISTS');
  return [{ type: 'projection.event.skipped', data: { ...event, position: String(event.position) } }];
};
