import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from './dependencies.js';
import { isLoopbackAddress, isLoopbackHost, servesHost } from './hosts.js';
import { clientAddress } from './identity.js';

/** Paths that machines ask over plain HTTP, whatever name they use for this one. */
const forMachines = /^\/-\/health\//;

/**
 * Refuses hosts that are not ours (421), addresses that are none (400), and plain HTTP from elsewhere than this
 * machine, which is sent to the secure address.
 */
export const admitHosts = (app: FastifyInstance, { ports, settings }: HttpDependencies): void => {
  app.addHook('onRequest', async (request, reply) => {
    if (forMachines.test(request.url)) return;
    if (!servesHost(ports.config, settings, request.hostname))
      return reply.code(421).send({ code: 'MISDIRECTED', message: 'This host is not served here.' });
    const address = clientAddress(request);
    if (address === null)
      return reply
        .code(400)
        .send({ code: 'INVALID_INPUT', message: 'The forwarded client address is not valid.' });
    if (request.protocol === 'https' || (isLoopbackHost(request.hostname) && isLoopbackAddress(address)))
      return;
    const base = settings.baseUrl?.origin ?? `https://${request.hostname}:${String(settings.httpsPort)}`;
    if (request.method === 'GET' || request.method === 'HEAD')
      return reply.redirect(`${base}${request.url}`, 308);
    return reply.code(403).send({ code: 'FORBIDDEN', message: 'Use HTTPS.' });
  });
};
