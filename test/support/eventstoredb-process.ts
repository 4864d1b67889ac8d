import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../bin/free-port.mjs';

const main = fileURLToPath(new URL('eventstoredb-node/main.mjs', import.meta.url));

/** The stand-in for EventStoreDB as a process of its own, with its log in a file: killed and started again at will. */
export class EventStoreDBProcess {
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  static async start(): Promise<EventStoreDBProcess> {
    const node = new EventStoreDBProcess(await mkdtemp(join(tmpdir(), 'muniment-esdb-')), await freePort());
    await node.start();
    return node;
  }

  get url(): string {
    return `esdb://127.0.0.1:${String(this.#port)}?tls=false`;
  }

  async start(): Promise<void> {
    const log = join(this.#folder, 'events.log');
    const child = spawn(process.execPath, [main, '--port', String(this.#port), '--log', log], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    await once(child.stdout, 'data');
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
