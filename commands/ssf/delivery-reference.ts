import { z } from 'zod';
import type { Signal } from '../../domain/ssf/signals-of.js';
import { signalTypes } from '../../domain/ssf/event-types.js';
import type { Delivery } from '../delivery-ports.js';

const jsonText = z.string().transform((text) => JSON.parse(text) as unknown);
const at = z.iso.datetime().transform((text) => new Date(text));
const position = z.string().transform((text) => BigInt(text));

const schema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('signal'),
    /** When it happened: the token says so at each attempt, also when it is sent again. */
    at,
    type: z.enum(signalTypes),
    userId: z.string(),
    sessionId: z.string().nullable(),
    /** Where the event stands, and where what caused it began: the person is read as of there. */
    position,
    before: position,
    transaction: z.string(),
    members: jsonText.pipe(z.record(z.string(), z.json())),
    changed: jsonText.pipe(z.array(z.string())),
  }),
  z.object({ kind: z.literal('verification'), at, type: z.string(), position }),
  z.object({
    kind: z.literal('status'),
    at,
    type: z.string(),
    status: z.string(),
    reason: z.string().nullable(),
  }),
]);

/** What a delivery of the outbox stands for: ids and positions, from which the token is made when it leaves. */
export type SignalReference = z.output<typeof schema>;

export const signalReference = (delivery: Delivery): SignalReference => schema.parse(delivery.reference);

/** The reference of a signal as the outbox keeps it. */
export const referenceOf = (
  signal: Signal,
  place: {
    readonly at: Date;
    readonly position: bigint;
    readonly before: bigint;
    readonly transaction: string;
  },
): Readonly<Record<string, string | null>> => ({
  kind: 'signal',
  at: place.at.toISOString(),
  type: signal.type,
  userId: signal.userId,
  sessionId: signal.sessionId,
  position: String(place.position),
  before: String(place.before),
  transaction: place.transaction,
  members: JSON.stringify(signal.members),
  changed: JSON.stringify(signal.changed),
});
