import type { z } from 'zod';
import type { Actor } from './actor.js';

/** What happened, before it is stored. */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/** Where an address lies, as the configured database of places knows it. */
export interface GeoPlace {
  readonly continent: string | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
}

/** Whose network an address belongs to. */
export interface Network {
  readonly number: number;
  readonly org: string | null;
}

/** Who sent the request behind an event, as seen by the trusted end of the proxy chain. Sealed when stored. */
export interface ClientInfo {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly query: string | null;
  /** Where the address lay and whose network it was when the request came; absent when nobody could tell. */
  readonly geo?: GeoPlace;
  readonly asn?: Network;
}

/** How a command reached the product; one part of the choice of the audit action. */
export const vias = ['flow', 'admin', 'protocol', 'cli', 'system'] as const;
export type Via = (typeof vias)[number];

/** A uniqueness operation that travels with an event, so that claims can be rebuilt from the log. */
export interface RecordedClaim {
  readonly op: 'take' | 'release';
  readonly kind: string;
  readonly value: string;
}

export interface EventMeta {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actor: Actor;
  readonly onBehalfOf: Actor | null;
  readonly sessionId: string | null;
  readonly brandId: string | null;
  readonly tenant: 'main';
  readonly via: Via;
  readonly requestId: string | null;
  readonly client: ClientInfo | null;
  readonly reason: string | null;
  readonly claims: readonly RecordedClaim[];
  /** Id of the event that this one takes back. */
  readonly reverts?: string;
}

/** An event as read from the log, with sealed fields opened. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends DomainEvent<Type, Data> {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly version: number;
  readonly meta: EventMeta;
  readonly at: Date;
  readonly recordedAt: Date;
  /** Why the event could not be opened; it says nothing but its type then. Only readers of the whole log are given such. */
  readonly unreadable?: string;
}

/** Turns the stored data of one version of an event type into that of the next. Pure; personal data that was erased stays `erased`. */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Declaration of one event type: its stored shape, and which of its fields are personal data of which subject. */
export interface EventType<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** Version that is written. Older ones are read through the upcasters, one for each step from version 1 on. */
  readonly version: number;
  readonly upcasters: readonly Upcaster[];
  /** Adds what events lack that were stored before a field was declared. */
  readonly complete?: Upcaster;
  readonly shape: Shape;
  /** Top-level fields that are sealed under the key of the subject. */
  readonly pii: readonly string[];
  /** Field that holds the id of the person whose data is sealed; null when there is none. */
  readonly subject: string | null;
}

/**
 * Declares an event type. `pii` names the fields to seal under the key of the person that `subject` names. A changed shape
 * gets a new version and an upcaster from the one before; a personal field keeps its name for ever.
 */
export const eventType = <const Shape extends z.ZodRawShape>(
  version: number,
  shape: Shape,
  privacy?: { subject: keyof Shape & string; pii: readonly (keyof Shape & string)[] },
  upcasters: readonly Upcaster[] = [],
): EventType<Shape> => {
  if (upcasters.length !== version - 1)
    throw new Error(`version ${String(version)} of an event needs ${String(version - 1)} upcasters`);
  return { version, upcasters, shape, pii: privacy?.pii ?? [], subject: privacy?.subject ?? null };
};

/** The union of events that a record of declarations stands for. */
export type EventsOf<Types extends Record<string, EventType>> = {
  [Type in keyof Types & string]: DomainEvent<Type, z.output<z.ZodObject<Types[Type]['shape']>>>;
}[keyof Types & string];

/** The part of an aggregate that turns events into state. `evolve` never throws. */
export interface Aggregate<State, Event extends DomainEvent> {
  readonly category: string;
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
}

/** State after all events, in order. */
export const fold = <State, Event extends DomainEvent>(
  aggregate: Aggregate<State, Event>,
  events: readonly Event[],
): State => events.reduce(aggregate.evolve, aggregate.initialState);
