import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { PemPair } from '../adapters/tls/self-signed.js';
import { OperatorError, splitListen } from './configuration.js';

const explain = (error: Error, setting: string, text: string): Error => {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new OperatorError(`${setting}: ${text} is in use by another program.`);
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return new OperatorError(`${setting}: this process may not listen on ${text} (${code}).`);
  return error;
};

/** Opens the plain listener. Throws `OperatorError` when the address cannot be had. */
export const listenHttp = async (app: FastifyInstance, text: string): Promise<number> => {
  const { host, port } = splitListen(text);
  await app.listen({ host, port }).catch((error: unknown) => {
    throw explain(error as Error, 'MUNIMENT_LISTEN_HTTP', text);
  });
  return (app.server.address() as AddressInfo).port;
};

/** Opens the TLS listener in front of the same application, websockets included. */
export const listenHttps = async (app: FastifyInstance, text: string, pair: PemPair): Promise<Server> => {
  const { host, port } = splitListen(text);
  const server = createServer(
    {
      cert: pair.certificate,
      key: pair.privateKey,
      minVersion: 'TLSv1.2',
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5000,
    },
    (request, response) => {
      app.routing(request, response);
    },
  );
  server.on('upgrade', (request, socket, head) => app.server.emit('upgrade', request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(explain(error, 'MUNIMENT_LISTEN_HTTPS', text));
    });
    server.listen(port, host, resolve);
  });
  return server;
};
