// A way to a server that breaks in the manner asked for. What passes is bytes: it knows no protocol.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { freePort } from '../../bin/free-port.mjs';

/**
 * `pass` | `refuse` (nobody listens) | `blackhole` (nothing passes, nothing closes) | `mute` (what is sent arrives, no answer
 * comes back) | `halfopen` (new connections are taken and never served) | `reset-after:<bytes>` | `delay:<ms>` | `rate:<bytes
 * per second>`.
 */
export const modes = [
  'refuse',
  'blackhole',
  'mute',
  'halfopen',
  'reset-after:2000',
  'delay:150',
  'rate:10000',
];

/** A proxy in front of `target`, `{port, host}` or `{path}`. */
export class Proxy {
  #target;
  #server = null;
  #pairs = new Set();
  #mode = 'pass';
  #value = 0;
  port = 0;

  constructor(target) {
    this.#target = target;
  }

  static async open(target) {
    const proxy = new Proxy(target);
    await proxy.#listen();
    return proxy;
  }

  async #listen() {
    this.#server = createServer((client) => {
      this.#accept(client);
    });
    this.port ||= await freePort();
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #accept(client) {
    client.on('error', () => undefined);
    const server = this.#mode === 'halfopen' ? null : connect(this.#target);
    const pair = { client, server, passed: 0, held: [] };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      server?.destroy();
    };
    client.on('close', end);
    if (server === null) return;
    server.on('error', () => undefined);
    server.on('close', end);
    client.on('data', (chunk) => this.#pass(pair, chunk, client, server, 'there'));
    server.on('data', (chunk) => this.#pass(pair, chunk, server, client, 'back'));
  }

  /** Whether nothing gets through in this direction; what is on its way arrives when the way is open again. */
  #isShut(direction) {
    return this.#mode === 'blackhole' || (this.#mode === 'mute' && direction === 'back');
  }

  #pass(pair, chunk, from, to, direction) {
    if (this.#isShut(direction)) {
      from.pause();
      pair.held.push(() => {
        if (!to.destroyed) to.write(chunk);
        from.resume();
      });
      return;
    }
    if (this.#mode === 'reset-after') {
      pair.passed += chunk.length;
      if (pair.passed > this.#value) {
        this.#cut(pair);
        return;
      }
    }
    const waitMs =
      this.#mode === 'delay' ? this.#value : this.#mode === 'rate' ? (chunk.length / this.#value) * 1000 : 0;
    if (waitMs === 0) {
      to.write(chunk);
      return;
    }
    from.pause();
    setTimeout(() => {
      if (!to.destroyed) to.write(chunk);
      from.resume();
    }, waitMs);
  }

  #cut({ client, server }) {
    client.resetAndDestroy();
    server?.destroy();
  }

  /** Changes how the way behaves, for open connections too. */
  async set(mode) {
    const [name, value = '0'] = mode.split(':');
    this.#value = Number(value);
    this.#mode = name;
    if (name === 'refuse') {
      this.#server.close();
      this.cutNow();
    } else if (!this.#server.listening) await this.#listen();
  }

  /** Resets every open connection. */
  cutNow() {
    for (const pair of this.#pairs) this.#cut(pair);
  }

  /** Passes again: what was held back goes on its way, what was never served is closed. */
  async heal() {
    await this.set('pass');
    for (const pair of this.#pairs)
      if (pair.server === null) this.#cut(pair);
      else for (const release of pair.held.splice(0)) release();
  }

  async close() {
    this.#server.close();
    for (const { client, server } of this.#pairs) {
      client.destroy();
      server?.destroy();
    }
    if (this.#server.listening) await once(this.#server, 'close');
  }
}
