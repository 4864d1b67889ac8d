import type { StateOf } from '../../../domain/kernel/model.js';
import type { sumoSink } from '../../../domain/sink/sumo/model.js';
import { delivered, refusalOf, type OpenEndpoint } from '../endpoint.js';

type Values = StateOf<(typeof sumoSink)['fields']>;

/** Sends lines to an HTTP source. */
export const openSumo: OpenEndpoint<Values> = ({ ways, reveal }, { values }) => ({
  deliver: async ({ records }, signal) =>
    refusalOf(
      await ways.http.exchange({
        url: (await reveal(values.sourceUrl)) ?? '',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Muniment',
          'x-sumo-category': values.sourceCategory,
          'x-sumo-name': values.sourceName,
          'x-sumo-host': values.sourceHost,
        },
        body: records.map(({ line }) => `${line}\n`).join(''),
        signal,
      }),
    ) ?? delivered,
  close: () => Promise.resolve(),
});
