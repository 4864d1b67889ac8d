import type { FastifyRequest } from 'fastify';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { execute } from '../../commands/pipeline.js';
import { systemContext } from '../../commands/system-context.js';
import { commandContext } from './command-context.js';
import type { HttpDependencies } from './dependencies.js';
import { clientAddress, type Identity } from './identity.js';

/**
 * Records an error that nobody expected: `activity.exception.raised` with the route, never the path, and the id that
 * leads to the line in the log of the process. The answer does not wait for it, and what cannot be recorded is logged.
 */
export const recordException = (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  errorId: string,
): void => {
  const { ports } = dependencies;
  const where = `${request.method} ${request.routeOptions.url ?? '*'}`;
  if (!ports.floods.admit('exception', where, clientAddress(request) ?? '')) return;
  // An error may come before it is known who asks.
  const identity = request.identity as Identity | undefined;
  const context = identity
    ? commandContext(dependencies, request, identity, 'system')
    : { ...systemContext(ports, 'http'), requestId: request.id };
  execute(
    ports,
    recordFactCommand,
    { type: 'activity.exception.raised', data: { where, errorId } },
    { ...context, commandId: null },
  ).catch((error: unknown) => request.log.warn({ err: error }, 'an error could not be recorded'));
};
