import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './process.js';

/** A Redis server of a test's own, that may be killed, paused and started again on the same port. */
export class RedisServer {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `redis://127.0.0.1:${String(port)}/0`;
  }

  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), 'muniment-redis-')), await freePort());
    await server.start(...options);
    return server;
  }

  async start(...options: string[]): Promise<void> {
    this.#child = spawn(
      '/usr/bin/redis-server',
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
  async flush(): Promise<void> {
    const client = new Redis(this.url);
    await client.flushall();
    client.disconnect();
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = null;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  async destroy(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
