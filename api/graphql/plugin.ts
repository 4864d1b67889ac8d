import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Kind, OperationTypeNode } from 'graphql';
import mercurius from 'mercurius';
import { families, models } from '../../domain/models.generated.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { identify } from '../http/identity.js';
import { showDemanded } from '../http/position.js';
import { recordException } from '../http/record-exception.js';
import { requireSameOrigin } from '../http/same-origin.js';
import type { GraphqlContext } from './context.js';
import { limits } from './builder.js';
import { formatError, statusOfAnswer, unfold } from './errors.js';
import { requireWithinLimits } from './limits.js';
import { createLoaders } from './loaders.js';
import { readGroupsOf } from './read-groups.js';
import { buildSchema } from './schema.js';

const contextOf = (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply | null,
): GraphqlContext => ({
  dependencies,
  identity: request.identity,
  request,
  reply,
  loaders: createLoaders(dependencies.db),
  identifyAgain: () => identify(dependencies, request),
});

/** `POST /graphql`, and subscriptions on the same path. */
export const registerGraphql = async (
  app: FastifyInstance,
  dependencies: HttpDependencies,
): Promise<void> => {
  const access = anybody('each field declares what it demands');
  await app.register(async (scope) => {
    scope.addHook('onRequest', (request, _reply, done) => {
      requireSameOrigin(request, []);
      if (
        request.method === 'POST' &&
        !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')
      )
        throw new DomainError('INVALID_INPUT', { message: 'Send application/json.' });
      done();
    });
    await scope.register(mercurius, {
      schema: buildSchema(models, families),
      path: '/graphql',
      jit: 1,
      allowBatchedQueries: false,
      additionalRouteOptions: { config: { access } },
      graphql: { parseOptions: { maxLexicalTokens: limits.tokens }, validateOptions: { maxErrors: 10 } },
      context: (request, reply) => contextOf(dependencies, request, reply),
      subscription: {
        context: (_socket: unknown, request: FastifyRequest) => contextOf(dependencies, request, null),
        queueHighWaterMark: 1000,
        keepAlive: 25_000,
      } as never,
      errorFormatter: (execution, context) => {
        const { request = null } = context as unknown as Partial<GraphqlContext>;
        const log = request?.log ?? scope.log;
        const errors = execution.errors.flatMap(unfold).map((error) => formatError(error, log));
        for (const { extensions } of request ? errors : [])
          if (typeof extensions?.['errorId'] === 'string')
            recordException(dependencies, request!, extensions['errorId']);
        return {
          statusCode: statusOfAnswer(errors, execution.data),
          response: { data: execution.data ?? null, errors: errors as never },
        };
      },
    });
    scope.graphql.addHook('preValidation', (_schema, document, context) => {
      requireWithinLimits(document, context as unknown as GraphqlContext);
      return Promise.resolve();
    });
    // Once compiled, a mutation would read an absent variable inside an input literal as null and clear the field.
    scope.graphql.addHook('preExecution', async (_schema, document, context) => {
      const { request, reply } = context as unknown as GraphqlContext;
      await showDemanded(dependencies.ports, request, reply, readGroupsOf(document));
      const mutates = document.definitions.some(
        (definition) =>
          definition.kind === Kind.OPERATION_DEFINITION &&
          definition.operation === OperationTypeNode.MUTATION,
      );
      return mutates ? { document } : undefined;
    });
    scope.graphql.addHook('preSubscriptionExecution', (_schema, document, context) => {
      requireWithinLimits(document, context as unknown as GraphqlContext);
      return Promise.resolve();
    });
  });
};
