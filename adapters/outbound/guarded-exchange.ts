import { Agent } from 'undici';
import type { OutboundExchange, OutboundExchanges, OutboundReply } from '../../commands/sink-ports.js';
import { guardedConnector } from './guarded-connector.js';
import { failureOf, refusalOf, retryAfterOf, type GuardOptions } from './guarded-http.js';

const defaults = { connectMs: 3000, totalMs: 20_000 };
/** Enough for what a bulk insert answers to each of its documents. */
const maxAnswerBytes = 4 * 1024 * 1024;
const maxHeaderBytes = 16 * 1024;

/** What of an answer is read; more than the limit is a failure, as a half answer would be misread. */
const textOf = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw Object.assign(new Error(), { code: 'UND_ERR_HEADERS_OVERFLOW' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/**
 * Requests whose answers are read, under the same guard as webhooks: https to public addresses and to open targets, no
 * redirect, twenty seconds in all. One connection per receiver is kept open.
 */
export const createGuardedExchange = (
  options: GuardOptions,
): OutboundExchanges & { close(): Promise<void> } => {
  const { open, connectMs = defaults.connectMs, totalMs = defaults.totalMs } = options;
  const agent = new Agent({
    connect: guardedConnector({ ...options, connectMs }),
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: totalMs,
    bodyTimeout: totalMs,
    keepAliveTimeout: 5000,
  });
  const exchange = async (request: OutboundExchange): Promise<OutboundReply> => {
    const url = URL.canParse(request.url) ? new URL(request.url) : null;
    const refusal = refusalOf(url, open);
    if (!url || refusal !== null) return { outcome: 'refused', reason: refusal ?? '' };
    const deadline = AbortSignal.timeout(totalMs);
    try {
      const answer = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: request.body,
        signal: request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
      });
      return {
        outcome: 'answered',
        status: answer.statusCode,
        retryAfterMs: retryAfterOf(answer.headers['retry-after']),
        headers: Object.fromEntries(
          Object.entries(answer.headers).map(([name, value]) => [name, String(value ?? '')]),
        ),
        body: await textOf(answer.body),
      };
    } catch (error) {
      return failureOf(error);
    }
  };
  return { exchange, close: () => agent.destroy() };
};
