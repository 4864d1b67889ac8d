import type { FastifyInstance } from 'fastify';
import { anybody } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';

const config = { access: anybody('says nothing but whether this node works'), sessionless: true };

/** `live`: the process answers. `ready`: this node can sign people in. */
export const registerHealth = (app: FastifyInstance, { readiness }: HttpDependencies): void => {
  app.get('/-/health/live/', { config }, (_request, reply) => reply.code(200).send({ status: 'live' }));
  app.get('/-/health/ready/', { config }, (_request, reply) => {
    const problem = readiness();
    return problem === null
      ? reply.code(200).send({ status: 'ready' })
      : reply.code(503).header('retry-after', '2').send({ status: 'unavailable', problem });
  });
};
