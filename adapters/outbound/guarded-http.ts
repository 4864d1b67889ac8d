import type { LookupAddress } from 'node:dns';
import { Agent, type Dispatcher } from 'undici';
import type { OutboundAnswer, OutboundHttp, OutboundRequest } from '../../commands/delivery-ports.js';
import { guardedConnector, OutboundRefused } from './guarded-connector.js';
import { targetOf } from './targets.js';

const defaults = { connectMs: 3000, totalMs: 5000 };
const discardedBytes = 16 * 1024;
const maxHeaderBytes = 16 * 1024;
const longestRetryAfterMs = 60 * 60 * 1000;

export interface GuardOptions {
  /** Targets `host:port` that may be private and spoken to without TLS. */
  readonly open: ReadonlySet<string>;
  readonly connectMs?: number;
  readonly totalMs?: number;
  readonly resolve?: (
    hostname: string,
    callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
  ) => void;
}

/** Why an address is refused before anything is looked up; null when it may be tried. */
export const refusalOf = (url: URL | null, open: ReadonlySet<string>): string | null => {
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'the address is not one of the web';
  if (url.username !== '' || url.password !== '') return 'the address carries credentials';
  if (url.protocol === 'http:' && !open.has(targetOf(url))) return 'the address is not https';
  return null;
};

/** What a receiver asked for, an hour at most. */
export const retryAfterOf = (header: string | string[] | undefined): number | null => {
  if (typeof header !== 'string' || header === '') return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestRetryAfterMs);
};

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed before an answer came',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  UND_ERR_HEADERS_OVERFLOW: 'the answer is too large',
};

/** What went wrong, in words that quote nothing of the address. */
export const failureOf = (
  error: unknown,
): { readonly outcome: 'refused' | 'failed'; readonly reason: string } => {
  const { code, name } = error as { code?: string; name?: string };
  if (error instanceof OutboundRefused) return { outcome: 'refused', reason: error.message };
  if (name === 'TimeoutError') return { outcome: 'failed', reason: 'no answer came in time' };
  if (name === 'AbortError') return { outcome: 'failed', reason: 'the request was broken off' };
  const known = failures[code ?? ''];
  const tls = /^(ERR_TLS|CERT|DEPTH|UNABLE|SELF_SIGNED|ERR_SSL)/.test(code ?? '');
  return {
    outcome: 'failed',
    reason: known ?? (tls ? 'the certificate of the host is not trusted' : 'the request failed'),
  };
};

/** The body as text when it is wanted and short enough; the rest is thrown away. A body that breaks off is no body. */
const readUpTo = async (body: Dispatcher.ResponseData['body'], limit: number): Promise<string | null> => {
  if (limit === 0) {
    body.dump({ limit: discardedBytes }).catch(() => undefined);
    return null;
  }
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of body) {
      length += (part as Buffer).length;
      if (length > limit) return null;
      parts.push(part as Buffer);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString('utf8');
};

/**
 * The one HTTP client for addresses that people configure. It speaks https to public addresses, connects to the address
 * that it has checked, follows no redirect, knows no proxy, and gives up after five seconds.
 */
export const createGuardedHttp = (options: GuardOptions): OutboundHttp & { close(): Promise<void> } => {
  const { open, connectMs = defaults.connectMs, totalMs = defaults.totalMs } = options;
  const agent = new Agent({
    connect: guardedConnector({ ...options, connectMs }),
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: totalMs,
    bodyTimeout: totalMs,
    keepAliveTimeout: 5000,
  });
  const post = async (request: OutboundRequest): Promise<OutboundAnswer> => {
    const url = URL.canParse(request.url) ? new URL(request.url) : null;
    const refusal = refusalOf(url, open);
    if (!url || refusal !== null) return { outcome: 'refused', reason: refusal ?? '' };
    const deadline = AbortSignal.timeout(totalMs);
    try {
      const answer = await agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'POST',
        headers: request.headers,
        body: request.body,
        signal: request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
      });
      const text = await readUpTo(answer.body, request.answerLimit ?? 0);
      return {
        outcome: 'answered',
        status: answer.statusCode,
        retryAfterMs: retryAfterOf(answer.headers['retry-after']),
        ...(text === null ? {} : { text }),
      };
    } catch (error) {
      return failureOf(error);
    }
  };
  return { post, close: () => agent.destroy() };
};
