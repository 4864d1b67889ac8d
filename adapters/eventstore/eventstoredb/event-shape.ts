import { jsonEvent, type EventData, type ResolvedEvent } from '@eventstore/db-client';
import type { NewEvent, StoredEvent } from '../../../commands/ports.js';

/** What stands beside an event: the product's own envelope, and the keys by which EventStoreDB's tools follow a cause. */
interface Envelope {
  readonly sv: number;
  readonly at: string;
  readonly meta: unknown;
  /** When the log stored it that it was copied from. */
  readonly recordedAt?: string;
}

const textOf = (meta: unknown, name: string): string | undefined => {
  const value = (meta as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : undefined;
};

export const toEventData = ({
  id,
  type,
  version,
  data,
  meta,
  at,
  recordedAt,
}: NewEvent & { readonly recordedAt?: Date }): EventData =>
  jsonEvent({
    id,
    type,
    data: data as never,
    metadata: {
      $correlationId: textOf(meta, 'correlationId'),
      $causationId: textOf(meta, 'causationId'),
      sv: version,
      at: at.toISOString(),
      meta,
      recordedAt: recordedAt?.toISOString(),
    } as never,
  });

/** The event as the port knows it; null for what is not the product's: the server's own events, claims, links. */
export const toStoredEvent = ({ event }: ResolvedEvent): StoredEvent | null => {
  if (!event || event.type.startsWith('$') || event.streamId.startsWith('$')) return null;
  const envelope = event.metadata as Partial<Envelope> | undefined;
  if (typeof envelope?.sv !== 'number' || envelope.at === undefined) return null;
  return {
    position: positionOf(event),
    stream: event.streamId,
    revision: Number(event.revision),
    id: event.id,
    type: event.type,
    version: envelope.sv,
    data: event.data,
    meta: envelope.meta,
    at: new Date(envelope.at),
    recordedAt: envelope.recordedAt === undefined ? event.created : new Date(envelope.recordedAt),
  };
};

/** Throws for servers before 22.6, which do not tell positions in streams. */
export const positionOf = (event: NonNullable<ResolvedEvent['event']>): bigint => {
  if (!event.position || event.position.commit > 0x7fff_ffff_ffff_ffffn)
    throw new Error('EventStoreDB does not tell positions; version 22.6 or later is needed');
  return event.position.commit;
};
