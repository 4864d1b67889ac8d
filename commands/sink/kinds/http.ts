import type { StateOf } from '../../../domain/kernel/model.js';
import { Secret } from '../../../domain/kernel/secret.js';
import { textFormats } from '../../../domain/siem/formats.js';
import type { httpSink } from '../../../domain/sink/http/model.js';
import { delivered, refusalOf, type OpenEndpoint, type SinkBatch, type SinkOutcome } from '../endpoint.js';

type Values = StateOf<(typeof httpSink)['fields']>;

const contentTypeOf = ({ payload, format }: Values): string => {
  if (payload === 'ndjson') return 'application/x-ndjson';
  const event = format === 'cloudevents';
  if (payload === 'json_array') return event ? 'application/cloudevents-batch+json' : 'application/json';
  if (textFormats.includes(format)) return 'text/plain; charset=utf-8';
  return event ? 'application/cloudevents+json' : 'application/json';
};

const bodyOf = ({ payload, format }: Values, { records }: SinkBatch): string => {
  if (payload === 'ndjson') return records.map(({ line }) => `${line}\n`).join('');
  if (payload === 'object') return records[0]?.line ?? '';
  const items = textFormats.includes(format)
    ? records.map(({ line }) => JSON.stringify(line))
    : records.map(({ line }) => line);
  return `[${items.join(',')}]`;
};

/**
 * Sends by POST. A receiver has a batch when it answers 2xx; signatures cover id, time of the attempt and body. For a day after
 * the secret was changed the one before signs too.
 */
export const openHttp: OpenEndpoint<Values> = (context, sink) => {
  const { ways, now, signWebhook, reveal } = context;
  const { values } = sink;

  const signatures = async (signed: Parameters<typeof signWebhook>[1]): Promise<Record<string, string>> => {
    const secret = await reveal(values.signingSecret);
    if (secret === null) return {};
    const before = await context.secretBefore(sink, 'signingSecret');
    const secrets = [new Secret(secret), ...(before ? [before] : [])];
    return { 'webhook-signature': secrets.map((one) => signWebhook(one, signed)).join(' ') };
  };

  const post = async (batch: SinkBatch, signal: AbortSignal): Promise<SinkOutcome | null> => {
    const body = bodyOf(values, batch);
    const timestamp = Math.floor(now().getTime() / 1000);
    const token = await reveal(values.bearerToken);
    return refusalOf(
      await ways.http.exchange({
        url: values.url,
        method: 'POST',
        headers: {
          'content-type': contentTypeOf(values),
          'user-agent': 'Muniment',
          'webhook-id': batch.id,
          'webhook-timestamp': String(timestamp),
          ...(await signatures({ id: batch.id, timestamp, body })),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(batch.label === null ? {} : { 'muniment-replay': encodeURIComponent(batch.label) }),
        },
        body,
        signal,
        identity: await context.identity(values.clientCertificate),
        certificateAuthority: values.certificateAuthority,
      }),
    );
  };
  return {
    ...(values.payload === 'object' ? { maxRecords: 1 } : {}),
    deliver: async (batch, signal) => (await post(batch, signal)) ?? delivered,
    close: () => Promise.resolve(),
  };
};
