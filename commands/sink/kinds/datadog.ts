import type { StateOf } from '../../../domain/kernel/model.js';
import type { datadogSink } from '../../../domain/sink/datadog/model.js';
import { delivered, refusalOf, type OpenEndpoint } from '../endpoint.js';

type Values = StateOf<(typeof datadogSink)['fields']>;

/** Sends to the log intake, which answers 202 to what it has taken. */
export const openDatadog: OpenEndpoint<Values> = ({ ways, reveal }, { values }) => ({
  deliver: async ({ records }, signal) => {
    const body = JSON.stringify(
      records.map(({ line, occurredAt, severity }) => ({
        ddsource: 'muniment',
        service: values.service,
        ...(values.tags === null ? {} : { ddtags: values.tags }),
        status: severity,
        date: occurredAt,
        message: line,
      })),
    );
    const reply = await ways.http.exchange({
      url: values.url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Muniment',
        'dd-api-key': (await reveal(values.apiKey)) ?? '',
      },
      body,
      signal,
    });
    return refusalOf(reply) ?? delivered;
  },
  close: () => Promise.resolve(),
});
