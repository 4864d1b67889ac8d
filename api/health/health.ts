import type { FastifyInstance } from 'fastify';
import { anybody, permission } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';

const config = { access: anybody('says nothing but whether this node works'), sessionless: true };

/**
 * `live`: the process answers. `ready`: this node can sign people in. `detail`: every dependency, how far the read models are,
 * and what waits, for those who may see the read models.
 */
export const registerHealth = (app: FastifyInstance, { readiness, healthDetail }: HttpDependencies): void => {
  app.get('/-/health/live/', { config }, (_request, reply) => reply.code(200).send({ status: 'live' }));
  app.get('/-/health/ready/', { config }, (_request, reply) => {
    const problem = readiness();
    return problem === null
      ? reply.code(200).send({ status: 'ready' })
      : reply.code(503).header('retry-after', '2').send({ status: 'unavailable', problem });
  });
  app.get(
    '/-/health/detail/',
    { config: { access: permission('view_read_model') } },
    async (_request, reply) => reply.header('cache-control', 'no-store').send(await healthDetail()),
  );
};
