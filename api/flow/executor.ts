import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  answerExecution,
  loadExecution,
  openExecution,
  type FlowStep,
} from '../../commands/flow/executions.js';
import type { Visitor } from '../../commands/flow/visitor.js';
import type { Execution } from '../../domain/flow/execution.js';
import { flow } from '../../domain/flow/model.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { isId } from '../../domain/kernel/ids.js';
import { anybody } from '../../domain/kernel/rights.js';
import { commandContext } from '../http/command-context.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { brandOf } from '../http/hosts.js';
import { requireSameOrigin } from '../http/same-origin.js';
import { applyEffects } from './apply-effects.js';
import { flowInfo } from './flow-info.js';
import { requireFewStarts } from './require-few-starts.js';
import { visitorOf } from './visitor.js';

interface ExecutorRequest {
  Params: { slug: string };
  Querystring: { query?: string; execution?: string; step?: string };
}

const access = anybody('flows decide by their own requirement and policies');

const findOwn = async (
  { ports }: HttpDependencies,
  slug: string,
  id: string | undefined,
  visitor: Visitor,
): Promise<Execution | null> => {
  if (id === undefined || !isId(id)) return null;
  const execution = await loadExecution(ports, id, visitor);
  return execution && ports.config.get(flow, execution.flowId)?.values.slug === slug ? execution : null;
};

/** The challenge that stands, in the envelope clients of the reference product know. */
const present = (
  { ports }: HttpDependencies,
  request: FastifyRequest,
  execution: Execution,
): Record<string, unknown> => {
  const { challenge, errors } = execution.pending;
  const user =
    typeof challenge['pending_user'] === 'string'
      ? challenge['pending_user']
      : (request.identity.user?.username ?? '');
  return {
    ...challenge,
    flow_info: flowInfo(ports.config, execution, brandOf(ports.config, request.hostname), user),
    ...(Object.keys(errors).length > 0 ? { response_errors: errors } : {}),
  };
};

/** `GET` shows the pending challenge of a run, or starts one; `POST` answers it. Everything but broken requests is 200. */
export const registerExecutor = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports } = dependencies;

  const begin = async (
    request: FastifyRequest<ExecutorRequest>,
    visitor: Visitor,
    query: URLSearchParams,
  ): Promise<FlowStep> => {
    await requireFewStarts(dependencies, request);
    const context = commandContext(dependencies, request, request.identity, 'flow');
    return openExecution(ports, { slug: request.params.slug, next: query.get('next'), visitor }, context);
  };

  app.get<ExecutorRequest>(
    '/api/v3/flows/executor/:slug/',
    { config: { access } },
    async (request, reply) => {
      requireSameOrigin(request, []);
      const query = new URLSearchParams(request.query.query ?? '');
      const visitor = visitorOf(dependencies, request, reply, query);
      const own = await findOwn(dependencies, request.params.slug, request.query.execution, visitor);
      const step = own
        ? { execution: own, effects: {}, position: null }
        : await begin(request, visitor, query);
      await applyEffects(dependencies, request, reply, visitor, step);
      return present(dependencies, request, step.execution);
    },
  );

  app.post<ExecutorRequest>(
    '/api/v3/flows/executor/:slug/',
    { config: { access } },
    async (request, reply) => {
      requireSameOrigin(request, []);
      const query = new URLSearchParams(request.query.query ?? '');
      const visitor = visitorOf(dependencies, request, reply, query);
      const own = await findOwn(dependencies, request.params.slug, request.query.execution, visitor);
      const response = request.body;
      if (typeof response !== 'object' || response === null || Array.isArray(response))
        throw new DomainError('INVALID_INPUT');
      if (!own) {
        const step = await begin(request, visitor, query);
        await applyEffects(dependencies, request, reply, visitor, step);
        return present(dependencies, request, step.execution);
      }
      if (request.query.step !== undefined && request.query.step !== String(own.step))
        return present(dependencies, request, own);
      const context = commandContext(dependencies, request, request.identity, 'flow');
      const step = await answerExecution(ports, own, visitor, response as Record<string, unknown>, context);
      await applyEffects(dependencies, request, reply, visitor, step);
      return present(dependencies, request, step.execution);
    },
  );
};
