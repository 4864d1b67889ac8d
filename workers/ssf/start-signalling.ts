import type { NewDelivery, Outbox, Remembered } from '../../commands/delivery-ports.js';
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
import { addressed, rememberedConfig, type Addressed, type Placed } from './addressed.js';

export const ssfReactor = 'ssf';

/** One append holds at most 500 events: a page always reaches from the beginning of a command to the end of one. */
const pageSize = 600;
const busyMs = 1000;
const behindMs = 50;
/** How far the checkpoint may stay behind while there is nothing to tell. */
const restEvents = 2000n;

/** What one step may grow to: it is over with the part that reaches either. People are looked at in parts of so many. */
export interface StepLimits {
  readonly deliveries: number;
  /** What is decided later is begun with anew if the process ends, or another is quicker. */
  readonly ms: number;
  readonly people: number;
}
const stepLimits: StepLimits = { deliveries: 10_000, ms: 3000, people: 2000 };

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
export const startSignalling = (
  ports: Ports,
  db: Database,
  feed: EventFeed,
  outbox: Outbox,
  limits: StepLimits = stepLimits,
): WokenLoop => {
  /** Up to here there is nothing to tell; the checkpoint follows now and then. */
  let silentUpTo = 0n;
  let seen = 0n;
  const work = async (): Promise<number | null> => {
    for (;;) {
      const state = { behind: false, rest: false };
      const outcome = await outbox.advance(ssfReactor, async (checkpoint, remembered) => {
        // A database that failed has taken steps along that were told before the silence.
        if (checkpoint < seen) silentUpTo = 0n;
        seen = checkpoint;
        const after = checkpoint > silentUpTo ? checkpoint : silentUpTo;
        const page = await feed.read(after, pageSize);
        // Streams that stood when something happened must be known before it is judged.
        const known = page.filter(({ position }) => position <= ports.config.position);
        state.behind = known.length < page.length;
        const placed = wholeCommands(known, known.length === pageSize);
        const position = placed.at(-1)?.event.position;
        if (position === undefined) return null;
        const { cut, deliveries, memory } = await stepOf({ ports, db, limits }, placed, remembered);
        if (cut) return { position: cut.before > checkpoint ? cut.before : checkpoint, deliveries, memory };
        if (memory.size > 0) return { position, deliveries, memory };
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

/** How far a command was told that is too much for one step. By id: positions change when a log is copied. */
interface Told {
  readonly event: string;
  readonly upTo: string;
}
const toldKey = 'told';

interface Step {
  readonly deliveries: readonly NewDelivery[];
  /** The event in which the step ends early. */
  readonly cut: Placed | null;
  readonly memory: ReadonlyMap<string, Remembered | null>;
}

/** What follows from a page, or from the beginning of it that is enough for one step. */
const stepOf = async (
  { ports, db, limits }: { readonly ports: Ports; readonly db: Database; readonly limits: StepLimits },
  placed: readonly Placed[],
  remembered: ReadonlyMap<string, Remembered>,
): Promise<Step> => {
  const deliveries: NewDelivery[] = [];
  const source = { ports, db, people: limits.people, configAt: rememberedConfig(db) };
  const until = performance.now() + limits.ms;
  const heard = placed.map(({ event }) => listening(ports, event));
  const told = heard.some((streams) => streams.length > 0)
    ? (remembered.get(toldKey)?.state as Told | undefined)
    : undefined;
  const at = placed.findIndex(({ event }) => event.id === told?.event);
  for (const [index, place] of placed.entries()) {
    if (index < at) continue;
    deliveries.push(...aboutStreams(ports, place.event));
    const streams = heard[index]!;
    if (streams.length === 0) continue;
    for await (const part of addressed(source, place, index === at ? told!.upTo : null)) {
      for (const stream of part.signals.length === 0 ? [] : streams)
        for (const { signal } of await meant(ports, db, stream, part.signals))
          deliveries.push(deliveryOf(ports, stream, signal, place));
      if (deliveries.length < limits.deliveries && performance.now() < until) continue;
      const state: Told = { event: place.event.id, upTo: part.upTo };
      return { deliveries, cut: place, memory: new Map([[toldKey, { state, dueAt: null }]]) };
    }
  }
  return { deliveries, cut: null, memory: new Map(told ? [[toldKey, null]] : []) };
};

const deliveryOf = (
  ports: Ports,
  stream: Stream,
  signal: Signal,
  { event, before }: Placed,
): NewDelivery => ({
  id: ports.ids.named('delivery', `ssf/${stream.id}/${signal.key}`),
  lane: laneOf(stream.id, 'events'),
  reference: referenceOf(signal, {
    at: event.at,
    position: event.position,
    before,
    transaction: event.meta.correlationId,
  }),
});

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
