import type { StateOf } from '../../../domain/kernel/model.js';
import type { elasticSink } from '../../../domain/sink/elastic/model.js';
import { failed, refusalOf, type OpenEndpoint, type RefusedRecord, type SinkOutcome } from '../endpoint.js';

type Values = StateOf<(typeof elasticSink)['fields']>;

interface Item {
  readonly status: number;
  readonly error?: unknown;
}

const itemsOf = (body: string): readonly Item[] | null => {
  try {
    const { items } = JSON.parse(body) as { items?: readonly Readonly<Record<string, Item>>[] };
    return items?.map((item) => item['create'] ?? { status: 500 }) ?? null;
  } catch {
    return null;
  }
};

/** 409: the document is there already, from an attempt whose answer was lost. */
const isTaken = ({ status }: Item): boolean => (status >= 200 && status < 300) || status === 409;
const isBusy = ({ status }: Item): boolean => status === 429 || status >= 500;

/** What the answers to the single documents amount to. One that is busy lets the whole batch go again: the rest is there. */
export const elasticOutcome = (body: string, count: number): SinkOutcome => {
  const items = itemsOf(body);
  if (items?.length !== count) return failed('The answer does not tell what became of each document.');
  const busy = items.find(isBusy);
  if (busy)
    return {
      outcome: 'failed',
      status: busy.status,
      failure: `A document was answered ${String(busy.status)}.`,
      retryAfterMs: null,
    };
  const refused = items.flatMap((item, index): readonly RefusedRecord[] =>
    isTaken(item)
      ? []
      : [
          {
            index,
            status: item.status,
            failure: `The document was answered ${String(item.status)}.`,
            body: JSON.stringify(item.error ?? null),
          },
        ],
  );
  return { outcome: 'delivered', refused };
};

/** Creates documents by `_bulk`, named after the entries, so that a repetition makes nothing twice. */
export const openElastic: OpenEndpoint<Values> = ({ ways, reveal }, { values }) => ({
  deliver: async ({ records }, signal) => {
    const body = records
      .map(({ entryId, occurredAt, line }) => {
        const hasTime = values.format === 'ecs';
        const source = hasTime ? line : `{"@timestamp":${JSON.stringify(occurredAt)},${line.slice(1)}`;
        return `${JSON.stringify({ create: { _id: entryId } })}\n${source}\n`;
      })
      .join('');
    const reply = await ways.http.exchange({
      url: `${values.url.replace(/\/+$/, '')}/${encodeURIComponent(values.dataStream)}/_bulk`,
      method: 'POST',
      headers: {
        'content-type': 'application/x-ndjson',
        'user-agent': 'Muniment',
        authorization: `ApiKey ${(await reveal(values.apiKey)) ?? ''}`,
      },
      body,
      signal,
    });
    const refusal = refusalOf(reply);
    if (refusal || reply.outcome !== 'answered') return refusal ?? failed('The request failed.');
    return elasticOutcome(reply.body, records.length);
  },
  close: () => Promise.resolve(),
});
