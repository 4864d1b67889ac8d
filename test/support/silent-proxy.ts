import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ConnectionOptions } from '../../adapters/postgres/pool.js';

/** A way to the database that can fall silent: connections stay open, and nothing comes back. */
export interface SilentProxy {
  readonly connection: ConnectionOptions;
  /** What the database answers is lost from now on; what it is told still arrives. */
  readonly swallowAnswers: () => void;
  /** Nothing passes in either direction. */
  readonly freeze: () => void;
  readonly heal: () => void;
  readonly close: () => Promise<void>;
}

export const openSilentProxy = async (target: ConnectionOptions): Promise<SilentProxy> => {
  const path = `${String(target.host)}/.s.PGSQL.${String(target.port ?? 5432)}`;
  let [up, down] = [true, true];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(path);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        database.destroy();
      });
    }
    client.on('data', (chunk) => up && database.write(chunk));
    database.on('data', (chunk) => down && client.write(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    connection: { ...target, host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    swallowAnswers: () => {
      down = false;
    },
    freeze: () => {
      [up, down] = [false, false];
    },
    heal: () => {
      [up, down] = [true, true];
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};
