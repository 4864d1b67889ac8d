// Everything an experiment runs on: Postgres, a way to it per server, Redis, two servers, receiver, clients. In a folder of its own.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Cluster } from './cluster.mjs';
import { clockEnvironment } from './faults.mjs';
import { freePort } from '../../bin/free-port.mjs';
import { RedisServer } from '../support/redis-server.mjs';
import { Proxy } from './proxy.mjs';
import { Server } from './server.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const names = ['a', 'b'];

/** Stages that stand now: whoever interrupts an experiment leaves no process behind. */
const standing = new Set();
for (const [name, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
])
  process.once(name, () => {
    void Promise.allSettled([...standing].map((stage) => stage.close())).then(() =>
      process.exit(128 + number),
    );
  });

export class Stage {
  kills = 0;
  servers = [];
  proxies = {};
  clockFiles = {};
  receiver = null;
  redis = null;

  constructor({ folder, seed, faults, environment = {}, short = false }) {
    this.folder = folder;
    this.seed = seed;
    this.faults = faults;
    this.environment = environment;
    this.longestStopMs = short ? 4000 : 22_000;
    this.masterKey = randomBytes(32).toString('base64');
    this.secrets = {
      password: randomBytes(12).toString('base64url'),
      token: randomBytes(24).toString('base64url'),
    };
  }

  static async open(options) {
    const stage = new Stage(options);
    standing.add(stage);
    mkdirSync(stage.folder, { recursive: true });
    try {
      await stage.#build();
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  async #build() {
    this.cluster = new Cluster({
      folder: this.folder,
      port: await freePort(),
      ownDisk: this.faults.includes('disk'),
    });
    await this.cluster.create(this.folder);
    this.receiver = await this.#startReceiver();
    if (this.faults.includes('redis')) this.redis = await RedisServer.start();
    for (const name of names) await this.#prepareServer(name);
    for (const server of this.servers) await server.start();
  }

  async #prepareServer(name) {
    const proxy = await Proxy.open({ host: '127.0.0.1', port: this.cluster.port });
    this.proxies[name] = proxy;
    this.clockFiles[name] = join(this.folder, `clock-${name}`);
    this.servers.push(
      new Server({
        name,
        folder: this.folder,
        ports: { http: await freePort(), https: await freePort() },
        environment: {
          DATABASE_URL: this.cluster.url(proxy.port),
          MUNIMENT_MASTER_KEY: this.masterKey,
          MUNIMENT_BOOTSTRAP_PASSWORD: this.secrets.password,
          MUNIMENT_BOOTSTRAP_TOKEN: this.secrets.token,
          MUNIMENT_OUTBOUND_ALLOW: `127.0.0.1:${this.receiver.port}`,
          MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: '100000000',
          MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '100000000',
          MUNIMENT_LIMITS_LOGIN_FAILURES_PER_ACCOUNT: '100000000',
          ...(this.faults.includes('clock') ? clockEnvironment(this.clockFiles[name]) : {}),
          ...(this.redis ? { REDIS_URL: this.redis.url } : {}),
          ...this.environment,
        },
      }),
    );
  }

  async #startReceiver() {
    const child = fork(file('receiver.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const receipts = join(this.folder, 'receipts.jsonl');
    child.send({ file: receipts, seed: this.seed, badly: 0.01 });
    const [{ port }] = await once(child, 'message');
    return { child, port, receipts };
  }

  /** Starts the clients; `stop` lets each end what it has begun. */
  startClients(job) {
    const child = fork(file('clients.mjs'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.send({
      ...job,
      seed: this.seed,
      origins: this.servers.map(({ origin }) => origin),
      token: this.secrets.token,
    });
    const ended = once(child, 'exit');
    this.clients = child;
    return {
      stop: async () => {
        if (child.connected) child.send({ stop: true });
        const [code] = await ended;
        if (code !== 0) throw new Error('the clients have failed');
      },
    };
  }

  /** Whoever looks after processes starts again what has ended without being told to; the checker judges that. */
  async mend() {
    if (!this.cluster.running) await this.cluster.start();
    for (const server of this.servers) if (!server.running) await server.start();
  }

  /** All faults are off; waits until every server is ready. */
  async heal() {
    this.cluster.thaw();
    for (const proxy of Object.values(this.proxies)) await proxy.heal();
    for (const server of this.servers) server.thaw();
    await this.mend();
    for (const server of this.servers) while (!(await server.isReady())) await delay(50);
  }

  async close() {
    standing.delete(this);
    this.clients?.kill('SIGKILL');
    for (const server of this.servers) {
      server.thaw();
      await server.end('SIGKILL');
    }
    this.receiver?.child.kill('SIGKILL');
    await this.redis?.destroy();
    await this.cluster?.destroy().catch((error) => {
      console.error(error);
    });
    for (const proxy of Object.values(this.proxies)) await proxy.close();
  }
}
