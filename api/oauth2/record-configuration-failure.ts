import type { FastifyRequest } from 'fastify';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import type { Client } from '../../commands/oauth2/client.js';
import { execute } from '../../commands/pipeline.js';
import { commandContext } from '../http/command-context.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { clientAddress } from '../http/identity.js';

/** Records that a client, or what somebody takes for one, is configured wrongly: `activity.configuration.failed`. */
export const recordConfigurationFailure = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  client: Client | null,
  failure: { readonly message: string; readonly expected?: string },
): Promise<void> => {
  const { ports } = dependencies;
  const account = client?.provider.id ?? 'unknown client';
  if (!ports.floods.admit('configuration', account, clientAddress(request) ?? '')) return;
  const references = {
    ...(client ? { provider: client.provider.id, application: client.application.id } : {}),
    ...(failure.expected === undefined ? {} : { expected: failure.expected }),
  };
  await execute(
    ports,
    recordFactCommand,
    { type: 'activity.configuration.failed', data: { message: failure.message, references } },
    commandContext(dependencies, request, request.identity, 'protocol'),
  );
};
