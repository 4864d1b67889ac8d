import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
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

/** The TLS listener, open. */
export interface SecureListener {
  /** Takes no more connections, answers what is in flight, and cuts what is left after the grace. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Opens the TLS listener in front of the same application, websockets included. Throws `OperatorError`. */
export const listenHttps = async (
  app: FastifyInstance,
  text: string,
  pair: PemPair,
): Promise<SecureListener> => {
  const { host, port } = splitListen(text);
  const inFlight = new Set<ServerResponse>();
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
      inFlight.add(response);
      response.once('close', () => inFlight.delete(response));
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
  return {
    // Not waiting for the end of the server: websockets belong to the application, which closes them later.
    close: async (graceMs) => {
      server.close();
      server.closeIdleConnections();
      const signal = AbortSignal.timeout(graceMs);
      const answers = [...inFlight].map((response) => once(response, 'close', { signal }));
      await Promise.allSettled(answers);
      server.closeAllConnections();
    },
  };
};
