import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../bin/free-port.mjs';

/** The Debian package's server. */
export const redisProgram = '/usr/bin/redis-server';

/** A Redis server of a test's own, that may be killed, paused and started again on the same port. It keeps nothing on disk. */
export class RedisServer {
  #folder;
  #port;
  #child = null;

  constructor(folder, port) {
    this.#folder = folder;
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}/0`;
  }

  static async start(...options) {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), 'muniment-redis-')), await freePort());
    await server.start(...options);
    return server;
  }

  async start(...options) {
    this.#child = spawn(
      redisProgram,
      [
        ...['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder],
        ...['--save', '', '--appendonly', 'no', ...options],
      ],
      { stdio: 'ignore' },
    );
    const client = new Redis(this.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    await client.ping();
    client.disconnect();
  }

  /** Forgets everything. */
  async flush() {
    const client = new Redis(this.url);
    await client.flushall();
    client.disconnect();
  }

  signal(name) {
    this.#child?.kill(name);
  }

  async kill() {
    const child = this.#child;
    if (!child) return;
    this.#child = null;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  async destroy() {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
