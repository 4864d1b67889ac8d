import { z } from 'zod';
import type { Client } from '../../commands/oauth2/client.js';
import { durationMs } from '../../domain/kernel/duration.js';
import { fieldError } from '../../domain/kernel/errors.js';
import { eventUri, signalTypeOf, signalTypes } from '../../domain/ssf/event-types.js';
import type { Stream } from '../../domain/ssf/stream.js';
import { pollAddress } from './addresses.js';

/** Delivery by RFC 8935 and RFC 8936. */
export const deliveryMethods = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const;

const seconds = (duration: string): number => Math.round(durationMs(duration) / 1000);

/** The configuration of a stream as its receiver sees it (SSF 1.0, 8.1.1). The header for pushing is never shown again. */
export const representation = (stream: Stream, client: Client): Record<string, unknown> => {
  const { values } = stream;
  const issuer = values.issuer ?? '';
  const events = values.events.map(eventUri);
  return {
    stream_id: stream.id,
    iss: issuer,
    aud: client.provider.values.clientId,
    events_supported: signalTypes.map(eventUri),
    events_requested: events,
    events_delivered: events,
    delivery:
      values.deliveryMethod === 'push'
        ? { method: deliveryMethods.push, endpoint_url: values.endpointUrl }
        : { method: deliveryMethods.poll, endpoint_url: pollAddress(issuer, stream.id) },
    description: values.name,
    min_verification_interval: seconds(values.minVerificationInterval),
    ...(values.inactivityTimeout === null ? {} : { inactivity_timeout: seconds(values.inactivityTimeout) }),
  };
};

const delivery = z.discriminatedUnion('method', [
  z.object({
    method: z.literal(deliveryMethods.push),
    endpoint_url: z.string().max(2000),
    authorization_header: z.string().min(1).max(4000).nullish(),
  }),
  z.object({ method: z.literal(deliveryMethods.poll) }),
]);

const wanted = z.object({
  delivery: delivery.optional(),
  events_requested: z.array(z.string().max(500)).max(200).optional(),
  description: z.string().max(200).optional(),
});
export type Wanted = z.output<typeof wanted>;

/** What a receiver wants of a stream. Throws `INVALID_INPUT` naming the member. */
export const parseWanted = (body: unknown): Wanted => {
  const parsed = wanted.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fieldError('INVALID_INPUT', issue?.path.join('.') ?? '', issue?.message);
};

const deliveryValues = (asked: z.output<typeof delivery>): Record<string, unknown> =>
  asked.method === deliveryMethods.push
    ? {
        deliveryMethod: 'push',
        endpointUrl: asked.endpoint_url,
        authorizationHeader: asked.authorization_header ?? null,
      }
    : { deliveryMethod: 'poll', endpointUrl: null, authorizationHeader: null };

const eventValues = (uris: readonly string[]): Record<string, unknown> => ({
  events: [...new Set(uris.flatMap((uri) => signalTypeOf(uri) ?? []))],
});

/** Fields that a receiver names; those that it leaves out stay out. */
export const givenValues = (asked: Wanted): Record<string, unknown> => ({
  ...(asked.delivery ? deliveryValues(asked.delivery) : {}),
  ...(asked.events_requested ? eventValues(asked.events_requested) : {}),
  ...(asked.description ? { name: asked.description } : {}),
});

/** Every field that a receiver has a say in: what it leaves out goes back to what it was without its say. */
export const allValues = (asked: Wanted, client: Client): Record<string, unknown> => ({
  name: client.application.values.name,
  ...deliveryValues({ method: deliveryMethods.poll }),
  ...eventValues([]),
  ...givenValues(asked),
});

const supplied = [
  'iss',
  'aud',
  'events_supported',
  'events_delivered',
  'min_verification_interval',
  'inactivity_timeout',
];

/** What only the transmitter may set may be sent along as it is (SSF 1.0, 8.1.1.3). Throws `INVALID_INPUT` naming the member. */
export const requireUnchanged = (body: Record<string, unknown>, stream: Stream, client: Client): void => {
  const shown = representation(stream, client);
  const audience = body['aud'];
  const compared: Record<string, unknown> = {
    ...body,
    ...(Array.isArray(audience) && audience.length === 1 ? { aud: audience[0] as unknown } : {}),
    // With other events asked for, others are delivered: an old answer sent along is no contradiction.
    ...('events_requested' in body ? { events_delivered: shown['events_delivered'] } : {}),
  };
  for (const name of supplied)
    if (name in body && JSON.stringify(compared[name]) !== JSON.stringify(shown[name]))
      throw fieldError('INVALID_INPUT', name, `Only the transmitter sets ${name}.`);
};
