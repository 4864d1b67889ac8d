import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address in front of several products: each request goes where the switch stands. */
export interface SwitchingProxy {
  readonly baseUrl: string;
  /** Address that the next request goes to. */
  target: string;
  readonly close: () => Promise<void>;
}

export const startSwitchingProxy = async (target: string): Promise<SwitchingProxy> => {
  const server = createServer((incoming, outgoing) => {
    const { port } = new URL(proxy.target);
    const { method, url, headers } = incoming;
    const passed = request(
      { host: '127.0.0.1', port, method, path: url, headers, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: SwitchingProxy = {
    baseUrl: `http://localhost:${String((server.address() as AddressInfo).port)}`,
    target,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return proxy;
};
