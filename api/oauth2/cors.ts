import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Client } from '../../commands/oauth2/client.js';
import { anybody } from '../../domain/kernel/rights.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { admittedOrigin } from '../../domain/provider/oauth2/redirect-uri.js';
import type { HttpDependencies } from '../http/dependencies.js';

const preflightSeconds = '600';

/** Lets scripts of an origin read the answer, when the client has registered an address there. */
export const allowOrigin = (
  { ports }: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  client: Client,
): void => {
  const { origin } = request.headers;
  reply.header('vary', 'origin');
  if (origin === undefined) return;
  const admitted = admittedOrigin(client.provider.values, origin, ports.compilePattern);
  if (admitted === null) return;
  reply.header('access-control-allow-origin', origin);
  // What merely fits a pattern may be anybody's: it gets no credentials.
  if (admitted === 'strict') reply.header('access-control-allow-credentials', 'true');
};

/** Lets scripts of any registered origin read the answer: for answers that are not for one client. */
export const allowAnyRegisteredOrigin = (
  { ports }: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean => {
  const { origin } = request.headers;
  reply.header('vary', 'origin');
  if (origin === undefined) return false;
  const admitted = ports.config
    .all(oauth2Provider)
    .map((provider) => admittedOrigin(provider.values, origin, ports.compilePattern));
  if (admitted.every((match) => match === null)) return false;
  reply.header('access-control-allow-origin', origin);
  if (admitted.includes('strict')) reply.header('access-control-allow-credentials', 'true');
  return true;
};

/** Answers preflights: which client asks is known only later, so any registered origin may try. */
export const registerPreflight = (
  scope: FastifyInstance,
  dependencies: HttpDependencies,
  path: string,
): void => {
  scope.options(
    path,
    { config: { access: anybody('preflights carry no credentials'), sessionless: true } },
    (request, reply) => {
      if (allowAnyRegisteredOrigin(dependencies, request, reply))
        reply
          .header('access-control-allow-methods', 'GET, POST, OPTIONS')
          .header('access-control-allow-headers', 'authorization, content-type')
          .header('access-control-max-age', preflightSeconds);
      return reply.code(204).send();
    },
  );
};
