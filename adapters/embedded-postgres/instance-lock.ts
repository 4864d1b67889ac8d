import { connect, createServer, type Server } from 'node:net';
import { unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Another process works on the same data directory. */
export class AlreadyRunning extends Error {
  readonly pid: number;

  constructor(pid: number) {
    super(`Another muniment (process ${String(pid)}) is using this data directory.`);
    this.name = 'AlreadyRunning';
    this.pid = pid;
  }
}

const settleMs = 60;

const askHolder = (path: string): Promise<number | null> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.setTimeout(1000, () => socket.destroy());
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => {
      resolve(null);
    });
    socket.on('close', () => {
      resolve(answer === '' ? null : Number(answer));
    });
  });

const listen = (path: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end(String(process.pid)));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(path, () => {
      resolve(server);
    });
  });

/** Process id of the running product of a data directory, or null. */
export const findHolder = (path: string): Promise<number | null> => askHolder(path);

/**
 * Takes the data directory for this process. The lock is a listening socket, which the kernel lets go when its owner
 * dies in whatever way. Throws `AlreadyRunning`.
 */
export const takeInstanceLock = async (path: string): Promise<Server> => {
  let server = await listen(path);
  if (!server) {
    const holder = await askHolder(path);
    if (holder !== null) throw new AlreadyRunning(holder);
    await unlink(path).catch(() => undefined);
    server = await listen(path);
  }
  // Two starts may both have found the same stale socket: the one whose socket was replaced gives way.
  await delay(settleMs);
  const holder = await askHolder(path);
  if (!server || holder !== process.pid) {
    server?.close();
    throw new AlreadyRunning(holder ?? 0);
  }
  server.unref();
  return server;
};
