import type { Sealer, StoredEvent } from '../../commands/ports.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';

/** The database failed, not the event: worth another try. */
const isOfDatabase = (error: unknown): boolean =>
  typeof (error as { code?: unknown }).code === 'string' || !(error instanceof Error);

const unreadable = (event: StoredEvent, error: Error): RecordedEvent => ({
  ...event,
  data: {},
  meta: event.meta as RecordedEvent['meta'],
  unreadable: error.name === 'Error' ? 'the event cannot be opened' : error.message,
});

/**
 * Opens events for those who follow the log. One that cannot be opened - written by a newer version, damaged - is marked,
 * so that it stops those who need it and nobody else. Throws when the database is away.
 */
export const openForReaders = async (
  sealer: Sealer,
  events: readonly StoredEvent[],
): Promise<readonly RecordedEvent[]> => {
  try {
    return await sealer.openEvents(events);
  } catch (error) {
    if (isOfDatabase(error)) throw error;
    return Promise.all(events.map((event) => openOne(sealer, event)));
  }
};

const openOne = async (sealer: Sealer, event: StoredEvent): Promise<RecordedEvent> => {
  try {
    const [opened] = await sealer.openEvents([event]);
    return opened!;
  } catch (error) {
    if (isOfDatabase(error)) throw error;
    return unreadable(event, error as Error);
  }
};
