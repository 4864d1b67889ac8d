import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../bin/free-port.mjs';

const startFile = fileURLToPath(new URL('../../bin/start.cjs', import.meta.url));
const readyMs = 60_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An installation in a folder of its own: starts, kills and asks the real product. */
export class Installation {
  readonly folder: string;
  readonly #ports: readonly [number, number];
  readonly #environment: Record<string, string>;
  readonly #startFile: string;
  #child: ChildProcess | null = null;
  output = '';

  private constructor(
    folder: string,
    ports: readonly [number, number],
    environment: Record<string, string>,
    started: string,
  ) {
    this.folder = folder;
    this.#ports = ports;
    this.#environment = environment;
    this.#startFile = started;
  }

  /** `started` is the start file of another version; this one's unless given. */
  static async create(
    environment: Record<string, string> = {},
    started: string = startFile,
  ): Promise<Installation> {
    return new Installation(
      await mkdtemp(join(tmpdir(), 'muniment-run-')),
      [await freePort(), await freePort()],
      environment,
      started,
    );
  }

  get baseUrl(): string {
    return `http://localhost:${String(this.#ports[0])}`;
  }

  get secureUrl(): string {
    return `https://localhost:${String(this.#ports[1])}`;
  }

  get #env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      MUNIMENT_DATA_DIR: this.folder,
      MUNIMENT_LISTEN_HTTP: `127.0.0.1:${String(this.#ports[0])}`,
      MUNIMENT_LISTEN_HTTPS: `127.0.0.1:${String(this.#ports[1])}`,
      // Any free port; versions before this one do not know the setting.
      ...(this.#startFile === startFile ? { MUNIMENT_LISTEN_METRICS: '127.0.0.1:0' } : {}),
      ...this.#environment,
    };
  }

  /** Runs a verb to its end. */
  async run(
    args: readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Finished> {
    const child = spawn(process.execPath, [this.#startFile, ...args], {
      env: { ...this.#env, ...options.env },
    });
    child.stdin.end(options.stdin ?? '');
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  /** Starts the product and waits until it is ready. Throws when it ends before. */
  async start(environment: Record<string, string> = {}): Promise<void> {
    const child = spawn(process.execPath, [this.#startFile, 'up'], {
      env: { ...this.#env, ...environment },
    });
    this.#child = child;
    this.output = '';
    child.stdout.on('data', (chunk) => (this.output += String(chunk)));
    child.stderr.on('data', (chunk) => (this.output += String(chunk)));
    const deadline = Date.now() + readyMs;
    while (!(await this.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
        throw new Error(`the product did not start: ${this.output}`);
      await delay(25);
    }
  }

  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.baseUrl}/-/health/ready/`).catch(() => null);
    return response?.status === 200;
  }

  /** Sends a signal to the Node process, once or several times, and waits for its end. Returns the exit code. */
  async signal(name: NodeJS.Signals, times = 1): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    this.#child = null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.kill(name);
    for (let n = 1; n < times; n += 1) {
      await delay(20);
      child.kill(name);
    }
    return (await closed)[0];
  }

  /** Process id of the embedded Postgres of this installation. */
  get postmaster(): number {
    return Number(readFileSync(join(this.folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  async destroy(): Promise<void> {
    await this.signal('SIGTERM');
    try {
      process.kill(this.postmaster, 'SIGQUIT');
      await delay(300);
    } catch {
      // There is none any more.
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
