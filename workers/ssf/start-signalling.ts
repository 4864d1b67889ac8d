import type { NewDelivery, Outbox } from '../../commands/delivery-ports.js';
import { clientByProvider, type Client } from '../../commands/oauth2/client.js';
import type { Ports } from '../../commands/ports.js';
import { referenceOf } from '../../commands/ssf/delivery-reference.js';
import { toldClaims } from '../../commands/ssf/told-claims.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import type { SignalEvent } from '../../domain/ssf/events.js';
import { streamUpdatedUri, verificationUri } from '../../domain/ssf/event-types.js';
import { ssfStream } from '../../domain/ssf/model.js';
import { groupChangedBy } from '../../domain/ssf/group-change.js';
import { signalsOf, type Signal } from '../../domain/ssf/signals-of.js';
import { laneOf, type Stream } from '../../domain/ssf/stream.js';
import { isIncluded } from '../../domain/ssf/subject/stream-subject.js';
import { subjectChoices } from '../../projections/ssf/query.js';
import type { Database, EventFeed } from '../../projections/projection.js';
import { startWokenLoop, type WokenLoop } from '../woken-loop.js';
import { addressed, type Addressed, type Placed } from './addressed.js';

export const ssfReactor = 'ssf';

/** One append holds at most 500 events: a page always reaches from the beginning of a command to the end of one. */
const pageSize = 600;
const busyMs = 1000;
const behindMs = 50;
/** How far the checkpoint may stay behind while there is nothing to tell. */
const restEvents = 2000n;

/** Whole commands of a page, in order: what the next page continues is left to it. */
const wholeCommands = (events: readonly RecordedEvent[], isFull: boolean): readonly Placed[] => {
  const span = new Map<string, { readonly first: bigint; last: bigint }>();
  for (const { meta, position } of events) {
    const known = span.get(meta.commandId);
    if (known) known.last = position;
    else span.set(meta.commandId, { first: position, last: position });
  }
  const open = isFull ? events.at(-1)?.meta.commandId : undefined;
  const end = open === undefined ? -1 : events.findIndex(({ meta }) => meta.commandId === open);
  return (end > 0 ? events.slice(0, end) : events).map((event) => {
    const { first, last } = span.get(event.meta.commandId)!;
    return { event, before: first - 1n, last };
  });
};

/**
 * Puts what receivers of shared signals are to hear into the outbox: for each event of the log, meaning and stream one delivery,
 * together with the checkpoint. Streams as they stand when the event is looked at; people as they were around it. To be woken
 * when the log has grown.
 */
export const startSignalling = (ports: Ports, db: Database, feed: EventFeed, outbox: Outbox): WokenLoop => {
  /** Up to here there is nothing to tell; the checkpoint follows now and then. */
  let silentUpTo = 0n;
  const work = async (): Promise<number | null> => {
    for (;;) {
      const state = { behind: false, rest: false };
      const outcome = await outbox.advance(ssfReactor, async (checkpoint) => {
        const after = checkpoint > silentUpTo ? checkpoint : silentUpTo;
        const page = await feed.read(after, pageSize);
        // Streams that stood when something happened must be known before it is judged.
        const known = page.filter(({ position }) => position <= ports.config.position);
        state.behind = known.length < page.length;
        const placed = wholeCommands(known, known.length === pageSize);
        const position = placed.at(-1)?.event.position;
        if (position === undefined) return null;
        const deliveries = await deliveriesOf(ports, db, placed);
        state.rest = deliveries.length === 0 && position - checkpoint < restEvents;
        silentUpTo = deliveries.length === 0 ? position : silentUpTo;
        return state.rest ? null : { position, deliveries };
      });
      if (outcome === 'busy') return busyMs;
      if (outcome === 'idle' && !state.rest) return state.behind ? behindMs : null;
    }
  };
  return startWokenLoop(work, (error) => {
    ports.log.warn({ err: error }, 'shared signals pause');
  });
};

const deliveriesOf = async (
  ports: Ports,
  db: Database,
  placed: readonly Placed[],
): Promise<readonly NewDelivery[]> => {
  const deliveries: NewDelivery[] = [];
  for (const place of placed) {
    const { event, before } = place;
    deliveries.push(...aboutStreams(ports, event));
    const streams = listening(ports, event);
    if (streams.length === 0) continue;
    const signals = await addressed(ports, db, place);
    for (const stream of signals.length === 0 ? [] : streams)
      for (const { signal } of await meant(ports, db, stream, signals))
        deliveries.push({
          id: ports.ids.named('delivery', `ssf/${stream.id}/${signal.key}`),
          lane: laneOf(stream.id, 'events'),
          reference: referenceOf(signal, {
            at: event.at,
            position: event.position,
            before,
            transaction: event.meta.correlationId,
          }),
        });
  }
  return deliveries;
};

/** Streams that were there, took events when one happened, and want to hear of such. */
const listening = (ports: Ports, event: RecordedEvent): readonly Stream[] => {
  const types =
    groupChangedBy(event) === null
      ? signalsOf(event).map(({ type }) => type)
      : (['caep_token_claims_change'] as const);
  return types.length === 0
    ? []
    : ports.config
        .all(ssfStream)
        .filter(
          ({ values, createdAt }) =>
            values.status !== 'disabled' &&
            createdAt <= event.at &&
            types.some((type) => values.events.includes(type)),
        );
};

/** The signals of an event that a stream is told. */
const meant = async (
  ports: Ports,
  db: Database,
  stream: Stream,
  signals: readonly Addressed[],
): Promise<readonly Addressed[]> => {
  const client = clientByProvider(ports.config, stream.values.provider);
  if (!client) return [];
  const possible = signals.filter(
    ({ signal, reaches }) => isToldOf(client, stream, signal) && reaches(client),
  );
  if (possible.length === 0) return [];
  const choices = await subjectChoices(
    db,
    stream.id,
    possible.map(({ signal }) => signal.userId),
  );
  return possible.filter(({ signal }) =>
    isIncluded(stream.values.defaultSubjects, choices.get(signal.userId) ?? null),
  );
};

const isToldOf = (client: Client, { values }: Stream, { type, changed }: Signal): boolean => {
  if (!values.events.includes(type)) return false;
  // An application that is told no such claim has none that could change, and learns no address either.
  if (type === 'caep_token_claims_change') return toldClaims(client, changed).length > 0;
  return (
    type !== 'risc_identifier_changed' ||
    values.subjectFormat === 'email' ||
    toldClaims(client, ['email']).length > 0
  );
};

interface StatusChanged {
  readonly status: string;
  readonly reason: string | null;
  readonly by: string;
}

/** What a receiver hears of its stream: what it asked for, and what others have made of it. */
const aboutStreams = (ports: Ports, event: RecordedEvent): readonly NewDelivery[] => {
  if (event.unreadable !== undefined) return [];
  const at = event.at.toISOString();
  if (event.type === 'activity.signal.requested') {
    const { streamId } = (event as unknown as Extract<SignalEvent, { type: 'activity.signal.requested' }>)
      .data;
    return [
      {
        id: ports.ids.named('delivery', `ssf/${event.id}`),
        lane: laneOf(streamId, 'verification'),
        reference: { kind: 'verification', at, type: verificationUri, position: String(event.position) },
      },
    ];
  }
  if (event.type !== 'ssfstream.status.changed') return [];
  const { status, reason, by } = event.data as StatusChanged;
  if (by !== 'transmitter') return [];
  return [
    {
      id: ports.ids.named('delivery', `ssf/${event.id}`),
      lane: laneOf(event.stream.slice('ssfstream-'.length), 'status'),
      reference: { kind: 'status', at, type: streamUpdatedUri, status, reason },
    },
  ];
};
