import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { allows, permission } from '../../domain/kernel/rights.js';
import { auditEntriesAfter, auditEntryOf } from '../../projections/audit/query.js';
import type { AuditRow } from '../../projections/audit/table.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { identify } from '../http/identity.js';
import { queryParameters } from '../http/query-parameters.js';
import { requestedFormat, requestedPosition } from './requested-format.js';

const pageSize = 200;
const keepAliveMs = 15_000;
const access = permission('view_event');

/** Writes; waits while the other side does not read. */
const write = async (response: ServerResponse, text: string, signal: AbortSignal): Promise<void> => {
  if (!response.write(text)) await once(response, 'drain', { signal });
};

/**
 * `GET /api/audit/stream`: the event log as it grows, as server-sent events whose id is the position. `Last-Event-ID`, or
 * `after`, goes on behind a position without a gap; else it begins with what happens next. Rights are looked at again
 * before each part; who reads too slowly is let go and comes back with his last id.
 */
export const registerAuditStream = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  app.get('/api/audit/stream', { config: { access } }, async (request, reply) => {
    const parameters = queryParameters(request);
    const { line } = requestedFormat(dependencies, parameters);
    const asked = request.headers['last-event-id'] ?? parameters.get('after');
    const resumed = asked === null ? null : String(asked);
    const head = await dependencies.ports.sinks.records.head();
    let position = requestedPosition(resumed, 'after', head);
    const mayRead = async (): Promise<boolean> =>
      allows((await identify(dependencies, request)).rights, access);

    reply.hijack();
    const response = reply.raw;
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    const keepAlive = setInterval(() => response.write(':\n\n'), keepAliveMs);
    // Followed before the past is read, so that nothing falls between the two.
    const live = dependencies.auditTail.follow(async (rows: readonly AuditRow[]) =>
      (await mayRead()) ? rows : null,
    );
    gone.signal.addEventListener('abort', () => {
      clearInterval(keepAlive);
      void live.return?.();
    });
    const send = async (rows: readonly AuditRow[]): Promise<void> => {
      for (const row of rows) {
        if (BigInt(row.position) <= position) continue;
        const entry = auditEntryOf(row);
        position = BigInt(row.position);
        await write(response, `id: ${entry.position}\ndata: ${line(entry)}\n\n`, gone.signal);
      }
    };
    try {
      for (;;) {
        const page = await auditEntriesAfter(dependencies.db, position, pageSize);
        if (page.length === 0 || gone.signal.aborted || !(await mayRead())) break;
        await send(page);
      }
      for await (const row of live) await send([row]);
    } catch (error) {
      if (!gone.signal.aborted) request.log.warn({ err: error }, 'a live stream of the event log broke');
    }
    response.end();
  });
};
