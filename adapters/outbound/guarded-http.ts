import type { Dispatcher } from 'undici';
import type { OutboundHttp } from '../../commands/delivery-ports.js';
import { guardedRequests, type GuardOptions } from './guarded-requests.js';

const totalMs = 5000;
const discardedBytes = 16 * 1024;

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

/** Posts to addresses that people configure, under the guard; gives up after five seconds. */
export const createGuardedHttp = (options: GuardOptions): OutboundHttp & { close(): Promise<void> } => {
  const { send, close } = guardedRequests(options, options.totalMs ?? totalMs);
  return {
    post: ({ certificateAuthority: ca, ...request }) =>
      send(
        { ...request, method: 'POST', ...(ca === undefined ? {} : { tls: { ca } }) },
        async ({ statusCode, body }, retryAfterMs) => {
          const text = await readUpTo(body, request.answerLimit ?? 0);
          return {
            outcome: 'answered' as const,
            status: statusCode,
            retryAfterMs,
            ...(text === null ? {} : { text }),
          };
        },
      ),
    close,
  };
};
