import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { exportEventLogCommand } from '../../commands/audit/export-event-log.js';
import { execute } from '../../commands/pipeline.js';
import { exportWriters } from '../../domain/audit/export.js';
import { permission } from '../../domain/kernel/rights.js';
import { readEntries } from '../../projections/audit/query.js';
import { requireSameOrigin } from '../http/same-origin.js';
import { commandContext } from '../http/command-context.js';
import type { HttpDependencies } from '../http/dependencies.js';

/**
 * `GET /api/audit/export?format=csv|ndjson|ocsf&query=&from=&to=`: the event log as a file, newest entries first, as it is
 * read. Nothing of it is stored: whoever asks is the only one who gets it.
 */
export const registerAuditExport = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports, db } = dependencies;
  app.get('/api/audit/export', { config: { access: permission('view_event') } }, async (request, reply) => {
    // It is on record who took the log away: a link on another site must not make it so.
    if (!request.identity.viaToken) requireSameOrigin(request, []);
    const { output } = await execute(
      ports,
      exportEventLogCommand,
      request.query,
      commandContext(dependencies, request, request.identity, 'admin'),
    );
    const { contentType, extension, head, line } = exportWriters[output.format];
    const origin = `urn:uuid:${ports.installId()}`;
    const write = async function* (): AsyncGenerator<string> {
      yield head;
      for await (const page of readEntries(db, output.condition, output))
        yield page.map((entry) => line(entry, origin)).join('');
    };
    const day = ports.clock.now().toISOString().slice(0, 10);
    return reply
      .type(contentType)
      .header('content-disposition', `attachment; filename="event-log-${day}.${extension}"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(write()));
  });
};
