import { eventTypes } from '../domain/event-types.js';
import type { RecordedEvent } from '../domain/kernel/event.js';
import type { ProjectionGroup, Tx } from './projection.js';

/** An event that this process does not know or cannot open. One of a newer version may apply it. */
export class UnknownEvent extends Error {
  constructor({ type, version, unreadable }: RecordedEvent) {
    super(unreadable ?? `events of type ${type}, version ${String(version)}, are not known here`);
    this.name = 'UnknownEvent';
  }
}

const requireKnown = (event: RecordedEvent): void => {
  if (event.unreadable !== undefined || !eventTypes.has(event.type)) throw new UnknownEvent(event);
};

/** Those of the events that a group folds. */
export const concerning = (
  group: ProjectionGroup,
  events: readonly RecordedEvent[],
  skipped: ReadonlySet<string>,
): readonly RecordedEvent[] => events.filter((event) => group.handles(event.type) && !skipped.has(event.id));

/** Applies events that concern a group. Throws `UnknownEvent` rather than fold what it does not understand. */
export const applyEvents = async (
  tx: Tx,
  group: ProjectionGroup,
  schema: string,
  events: readonly RecordedEvent[],
): Promise<void> => {
  events.forEach(requireKnown);
  if (events.length > 0) await group.apply(tx, schema, events);
};

/** What went wrong, for logs and people, without the values that messages of the database and of parsers quote. */
export const failureText = (error: unknown): string => {
  if (!(error instanceof Error)) return 'thrown value is no error';
  const { code, table, column, constraint } = error as Error &
    Record<'code' | 'table' | 'column' | 'constraint', unknown>;
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code))
    return [`the database refuses a row (${code})`, table, column, constraint]
      .filter((part) => typeof part === 'string')
      .join(' ');
  return error instanceof SyntaxError ? error.name : `${error.name}: ${error.message}`;
};
