import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections (32768 and above): one of those could be
// taken between two starts of the same product.
const first = 20_000;
const last = 32_000;
let next = first + Math.floor(Math.random() * (last - first));

const isFree = async (port) => {
  const server = createServer().listen(port, '127.0.0.1');
  const listens = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
};

/** A port of 127.0.0.1 that nobody listens on, another one each time. It stays free while its user restarts. */
export const freePort = async () => {
  for (let tries = first; tries < last; tries += 1) {
    const port = next;
    next = next + 1 < last ? next + 1 : first;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${String(first)} and ${String(last)} is free.`);
};
