import type { FastifyInstance } from 'fastify';
import { staticAccess } from '../http/guard-routes.js';
import type { HttpDependencies } from '../http/dependencies.js';

/** `live`: the process answers. `ready`: this node can sign people in. */
export const registerHealth = (app: FastifyInstance, { readiness }: HttpDependencies): void => {
  app.get('/-/health/live/', { config: { access: staticAccess } }, (_request, reply) =>
    reply.code(200).send({ status: 'live' }),
  );
  app.get('/-/health/ready/', { config: { access: staticAccess } }, (_request, reply) => {
    const problem = readiness();
    return problem === null
      ? reply.code(200).send({ status: 'ready' })
      : reply.code(503).header('retry-after', '2').send({ status: 'unavailable', problem });
  });
};
