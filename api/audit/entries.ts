import type { FastifyInstance } from 'fastify';
import { fieldError } from '../../domain/kernel/errors.js';
import { permission } from '../../domain/kernel/rights.js';
import { auditEntriesAfter, auditEntryOf } from '../../projections/audit/query.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { queryParameters } from '../http/query-parameters.js';
import { requestedFormat, requestedPosition } from './requested-format.js';

const usualLimit = 1000;
const maxLimit = 5000;

const limitOf = (text: string | null): number => {
  const limit = text === null ? usualLimit : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    throw fieldError('INVALID_INPUT', 'limit', `Write a number from 1 to ${String(maxLimit)}.`);
  return limit;
};

/**
 * `GET /api/audit/entries?after=&limit=&format=`: a page of the event log, oldest first, for those who come and fetch. The
 * header `Link` tells where the next page is; the same cursor again means that there is no more yet.
 */
export const registerAuditEntries = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  const config = { access: permission('view_event') };
  app.get('/api/audit/entries', { config }, async (request, reply) => {
    const parameters = queryParameters(request);
    const { isText, line } = requestedFormat(dependencies, parameters);
    const after = requestedPosition(parameters.get('after'), 'after', 0n);
    const limit = limitOf(parameters.get('limit'));
    const entries = (await auditEntriesAfter(dependencies.db, after, limit)).map(auditEntryOf);
    const next = new URLSearchParams({
      after: entries.at(-1)?.position ?? String(after),
      limit: String(limit),
      format: parameters.get('format') ?? 'native',
    });
    return reply
      .header('link', `</api/audit/entries?${next.toString()}>; rel="next"`)
      .header('cache-control', 'no-store')
      .header('content-type', isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8')
      .send(
        isText ? entries.map((entry) => `${line(entry)}\n`).join('') : `[${entries.map(line).join(',')}]`,
      );
  });
};
