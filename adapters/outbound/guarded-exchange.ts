import type { OutboundExchange, OutboundExchanges } from '../../commands/sink-ports.js';
import type { TlsChoice } from './guarded-connector.js';
import { guardedRequests, type GuardOptions } from './guarded-requests.js';

const totalMs = 20_000;
/** Enough for what a bulk insert answers to each of its documents. */
const maxAnswerBytes = 4 * 1024 * 1024;

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

const tlsChoice = (
  identity: OutboundExchange['identity'],
  certificateAuthority: OutboundExchange['certificateAuthority'],
): TlsChoice => ({
  ...(identity ? { cert: identity.certificate, key: identity.privateKey } : {}),
  ...(certificateAuthority ? { ca: certificateAuthority } : {}),
});

/** Requests whose answers are read, under the same guard as webhooks; gives up after twenty seconds. */
export const createGuardedExchange = (
  options: GuardOptions,
): OutboundExchanges & { close(): Promise<void> } => {
  const { send, close } = guardedRequests(options, options.totalMs ?? totalMs);
  return {
    exchange: ({ identity, certificateAuthority, ...request }) =>
      send(
        { ...request, tls: tlsChoice(identity, certificateAuthority) },
        async ({ statusCode, headers, body }, retryAfterMs) => ({
          outcome: 'answered' as const,
          status: statusCode,
          retryAfterMs,
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]),
          ),
          body: await textOf(body),
        }),
      ),
    close,
  };
};
