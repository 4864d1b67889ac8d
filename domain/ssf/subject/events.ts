/*
 * A choice that a receiver made about one person in one stream: to hear of him, or not.
 * Stream `ssfsubject-<uuid5(stream, user)>`. Without a choice the stream's default counts; choosing twice changes nothing.
 */
import { eventType, type EventsOf } from '../../kernel/event.js';
import { storedId } from '../../kernel/ids.js';

const edge = { streamId: storedId('ssf_stream'), userId: storedId('user') };

export const streamSubjectEvents = {
  'ssfsubject.added': eventType(1, edge),
  'ssfsubject.removed': eventType(1, edge),
};

export type StreamSubjectEvent = EventsOf<typeof streamSubjectEvents>;
