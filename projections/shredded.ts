import type { RecordedEvent } from '../domain/kernel/event.js';

/** Subjects that a page of events tells to be erased. */
export const shreddedIn = (events: readonly RecordedEvent[]): readonly string[] =>
  events.flatMap(({ type, stream }) =>
    type === 'subject.shredded' ? [stream.slice('subject-'.length)] : [],
  );

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Of those, the ones that are users. */
export const shreddedUsersIn = (events: readonly RecordedEvent[]): readonly string[] =>
  shreddedIn(events).filter((subject) => uuid.test(subject));
