import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSelfSigned } from '../../adapters/tls/self-signed.js';

/** A program that takes everything over TLS, with a certificate that no machine trusts by itself. */
export interface SecureReceiver {
  readonly target: string;
  /** PEM of what has signed its certificate. */
  readonly authority: string;
  /** Connections that are open. */
  readonly connections: () => Promise<number>;
  readonly stop: () => void;
}

export const startSecureReceiver = async (): Promise<SecureReceiver> => {
  const { certificate, privateKey } = await createSelfSigned({
    commonName: '127.0.0.1',
    days: 1,
    use: 'server',
    names: [{ type: 'ip', value: '127.0.0.1' }],
  });
  const server = createServer({ cert: certificate, key: privateKey }, (_request, response) =>
    response.writeHead(204).end(),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    authority: certificate,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error) reject(error);
          else resolve(count);
        });
      }),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
