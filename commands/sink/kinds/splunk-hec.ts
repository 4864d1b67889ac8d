import type { StateOf } from '../../../domain/kernel/model.js';
import { textFormats } from '../../../domain/siem/formats.js';
import type { splunkHecSink } from '../../../domain/sink/splunk-hec/model.js';
import type { OutboundReply } from '../../sink-ports.js';
import {
  delivered,
  failed,
  refusalOf,
  type OpenEndpoint,
  type SinkBatch,
  type SinkOutcome,
  type SinkRecord,
} from '../endpoint.js';

type Values = StateOf<(typeof splunkHecSink)['fields']>;

const ackEveryMs = 10_000;
const ackForMs = 5 * 60_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });

const jsonOf = (reply: OutboundReply): Readonly<Record<string, unknown>> => {
  if (reply.outcome !== 'answered') return {};
  try {
    const parsed: unknown = JSON.parse(reply.body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const eventOf = (values: Values, { line, occurredAt, action, severity, entryId }: SinkRecord): string => {
  const about = JSON.stringify({
    time: Date.parse(occurredAt) / 1000,
    host: values.host,
    source: values.source,
    sourcetype: 'muniment:audit',
    ...(values.index === null ? {} : { index: values.index }),
  });
  const event = textFormats.includes(values.format) ? JSON.stringify(line) : line;
  const fields = JSON.stringify({ action, severity, event_id: entryId });
  return `${about.slice(0, -1)},"event":${event},"fields":${fields}}`;
};

/**
 * Sends to the HTTP event collector. Without acknowledgement its 200 says only that the events look valid; with it the
 * batch counts when an indexer has it, and is sent again when that does not happen within five minutes.
 */
export const openSplunkHec =
  (
    ackMs: { readonly every: number; readonly for: number } = { every: ackEveryMs, for: ackForMs },
  ): OpenEndpoint<Values> =>
  ({ ways, reveal }, { id, values }) => {
    const call = async (path: string, body: string, signal: AbortSignal): Promise<OutboundReply> =>
      ways.http.exchange({
        url: `${values.url.replace(/\/+$/, '')}${path}`,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Muniment',
          authorization: `Splunk ${(await reveal(values.token)) ?? ''}`,
          'x-splunk-request-channel': id,
        },
        body,
        signal,
      });

    const acknowledged = async (ackId: number, signal: AbortSignal): Promise<SinkOutcome> => {
      for (let waited = 0; waited < ackMs.for && !signal.aborted; waited += ackMs.every) {
        await pause(ackMs.every, signal);
        const answer = await call(
          `/services/collector/ack?channel=${id}`,
          JSON.stringify({ acks: [ackId] }),
          signal,
        );
        const acks = jsonOf(answer)['acks'] as Readonly<Record<string, boolean>> | undefined;
        if (acks?.[String(ackId)] === true) return delivered;
      }
      return failed('The indexer has not acknowledged the batch in time.');
    };

    const send = async ({ records }: SinkBatch, signal: AbortSignal): Promise<SinkOutcome> => {
      const answer = await call(
        '/services/collector/event',
        records.map((record) => eventOf(values, record)).join(''),
        signal,
      );
      const refusal = refusalOf(answer);
      if (refusal) return refusal;
      if (!values.useAck) return delivered;
      const ackId = jsonOf(answer)['ackId'];
      return typeof ackId === 'number'
        ? acknowledged(ackId, signal)
        : failed('The collector gave no number to ask for: acknowledgement is off for this token.');
    };
    return { deliver: send, close: () => Promise.resolve() };
  };
