// One process of the built product: started, killed and stopped by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const startFile = fileURLToPath(new URL('../../bin/start.cjs', import.meta.url));
const giveUpMs = 300_000;

export class Server {
  #child = null;
  #ready = false;

  constructor({ name, folder, ports, environment }) {
    this.name = name;
    this.ports = ports;
    this.origin = `http://localhost:${ports.http}`;
    this.logFile = join(folder, `${name}.log`);
    this.environment = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MUNIMENT_DATA_DIR: join(folder, name),
      MUNIMENT_LISTEN_HTTP: `127.0.0.1:${ports.http}`,
      MUNIMENT_LISTEN_HTTPS: `127.0.0.1:${ports.https}`,
      ...environment,
    };
    /** Ends of a running product that nobody had ordered. */
    this.deaths = [];
    /** Starts that gave up, because Postgres did not answer in time. */
    this.failedStarts = 0;
    /** How long each start took until the product was ready. */
    this.startsMs = [];
  }

  get pid() {
    return this.#child?.pid ?? null;
  }

  get running() {
    return this.#child !== null;
  }

  /** Starts the process; ready is awaited apart. */
  spawn(environment = {}) {
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [startFile, 'up'], {
      env: { ...this.environment, ...environment },
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    this.#ready = false;
    child.once('exit', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.#ready) this.deaths.push({ at: Date.now(), code, signal });
      else this.failedStarts += 1;
    });
    return child;
  }

  async isReady() {
    const answer = await fetch(`${this.origin}/-/health/ready/`, {
      signal: AbortSignal.timeout(2000),
    }).catch(() => null);
    return answer?.status === 200;
  }

  /** Starts and waits until the product can sign people in. A start that meets a fault may end and is made again. */
  async start() {
    const since = performance.now();
    let startedAt = since;
    for (;;) {
      if (this.#child === null) {
        this.spawn();
        startedAt = performance.now();
      }
      if (await this.isReady()) break;
      if (performance.now() - since > giveUpMs)
        throw new Error(`${this.name} does not become ready, see ${this.logFile}`);
      await delay(25);
    }
    this.#ready = true;
    this.startsMs.push(performance.now() - startedAt);
  }

  async end(name) {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const gone = once(child, 'exit');
    child.kill(name);
    await gone;
  }

  freeze() {
    this.#child?.kill('SIGSTOP');
  }

  thaw() {
    this.#child?.kill('SIGCONT');
  }

  /** Open handles of the process. */
  handles() {
    return this.pid === null ? 0 : readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Structured lines of the log. */
  logLines() {
    return readFileSync(this.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }
}
