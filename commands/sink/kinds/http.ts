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

/** Sends by POST. A receiver has a batch when it answers 2xx; the signature covers id, time of the attempt and body. */
export const openHttp: OpenEndpoint<Values> = ({ ways, now, signWebhook, reveal }, { values }) => {
  const post = async (batch: SinkBatch, signal: AbortSignal): Promise<SinkOutcome | null> => {
    const body = bodyOf(values, batch);
    const timestamp = Math.floor(now().getTime() / 1000);
    const secret = await reveal(values.signingSecret);
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
          ...(secret === null
            ? {}
            : { 'webhook-signature': signWebhook(new Secret(secret), { id: batch.id, timestamp, body }) }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(batch.label === null ? {} : { 'muniment-replay': encodeURIComponent(batch.label) }),
        },
        body,
        signal,
      }),
    );
  };
  return {
    ...(values.payload === 'object' ? { maxRecords: 1 } : {}),
    deliver: async (batch, signal) => (await post(batch, signal)) ?? delivered,
    close: () => Promise.resolve(),
  };
};
