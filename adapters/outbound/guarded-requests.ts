import { createHash } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { Agent, type Dispatcher } from 'undici';
import { guardedConnector, OutboundRefused, tlsFailure, type TlsChoice } from './guarded-connector.js';
import { targetOf } from './targets.js';

const connectMs = 3000;
const maxHeaderBytes = 16 * 1024;
/** Each holds a connection to a receiver and what it was shown there. */
const maxAgents = 32;
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
const refusalOf = (url: URL | null, open: ReadonlySet<string>): string | null => {
  if (!url || !['http:', 'https:'].includes(url.protocol)) return 'the address is not one of the web';
  if (url.username !== '' || url.password !== '') return 'the address carries credentials';
  if (url.protocol === 'http:' && !open.has(targetOf(url))) return 'the address is not https';
  return null;
};

/** What a receiver asked for, an hour at most. */
const retryAfterOf = (header: string | string[] | undefined): number | null => {
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
const failureOf = (error: unknown): { readonly outcome: 'refused' | 'failed'; readonly reason: string } => {
  const { code, name } = error as { code?: string; name?: string };
  if (error instanceof OutboundRefused) return { outcome: 'refused', reason: error.message };
  if (name === 'TimeoutError') return { outcome: 'failed', reason: 'no answer came in time' };
  if (name === 'AbortError') return { outcome: 'failed', reason: 'the request was broken off' };
  return {
    outcome: 'failed',
    reason: failures[code ?? ''] ?? tlsFailure(code ?? '') ?? 'the request failed',
  };
};

/**
 * A signal that aborts with another one or when the time is over. To be let go at the end: a signal that lives as long as the
 * product would hold on to what was derived from it, and a timer to what it was for.
 */
const limit = (outer: AbortSignal | undefined, ms: number) => {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DOMException('no answer came in time', 'TimeoutError'));
  }, ms).unref();
  const end = (): void => {
    controller.abort(outer?.reason);
  };
  if (outer?.aborted) end();
  outer?.addEventListener('abort', end);
  return {
    signal: controller.signal,
    letGo: (): void => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', end);
    },
  };
};

/** Something that did not come to an answer. */
export interface Unanswered {
  readonly outcome: 'refused' | 'failed';
  readonly reason: string;
}

interface GuardedRequest {
  readonly url: string;
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsChoice | undefined;
}

/** Requests under the guard; `read` makes an answer of what came, before the time is over. */
export interface GuardedRequests {
  readonly send: <Answer>(
    request: GuardedRequest,
    read: (answer: Dispatcher.ResponseData, retryAfterMs: number | null) => Promise<Answer>,
  ) => Promise<Answer | Unanswered>;
  readonly close: () => Promise<void>;
}

/**
 * The one way to addresses that people configure: https to public addresses and to open targets, the connection to the
 * address that was checked, no redirect, no proxy, `totalMs` in all. One connection per receiver is kept open.
 */
export const guardedRequests = (options: GuardOptions, totalMs: number): GuardedRequests => {
  /** The one used last stands last. */
  const agents = new Map<string, Agent>();
  const keep = (key: string, agent: Agent): Agent => {
    agents.delete(key);
    agents.set(key, agent);
    const [oldest] = agents;
    if (oldest && agents.size > maxAgents) {
      agents.delete(oldest[0]);
      // What is under way comes to its end first.
      oldest[1].close().catch(() => undefined);
    }
    return agent;
  };
  /** Connections that show or trust something of their own are shared with no others. */
  const agentFor = (tls: TlsChoice = {}): Agent => {
    // A choice holds a private key, which is not to lie about in one more place.
    const key = createHash('sha256').update(JSON.stringify(tls)).digest('base64');
    const known = agents.get(key);
    if (known) return keep(key, known);
    const agent = new Agent({
      connect: guardedConnector({ ...options, connectMs: options.connectMs ?? connectMs, tls }),
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: totalMs,
      bodyTimeout: totalMs,
      keepAliveTimeout: 5000,
    });
    return keep(key, agent);
  };
  return {
    send: async (request, read) => {
      const url = URL.canParse(request.url) ? new URL(request.url) : null;
      const refusal = refusalOf(url, options.open);
      if (!url || refusal !== null) return { outcome: 'refused', reason: refusal ?? '' };
      const limited = limit(request.signal, totalMs);
      try {
        const answer = await agentFor(request.tls).request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: request.method,
          headers: request.headers,
          body: request.body,
          signal: limited.signal,
        });
        return await read(answer, retryAfterOf(answer.headers['retry-after']));
      } catch (error) {
        return failureOf(error);
      } finally {
        limited.letGo();
      }
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
};
