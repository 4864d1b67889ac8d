import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { ConnectionOptions } from './pool.js';

const firstRetryMs = 100;
const lastRetryMs = 5000;

/**
 * The one LISTEN connection of a process. Emits a channel's name on each notification, and every channel's name after
 * a reconnect, because notifications of the time between are lost; then also `connected`.
 */
export class Notifications extends EventEmitter {
  readonly #options: ConnectionOptions;
  readonly #channels: readonly string[];
  #client: pg.Client | null = null;
  #closed = false;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = firstRetryMs;

  constructor(options: ConnectionOptions, channels: readonly string[]) {
    super();
    this.setMaxListeners(0);
    this.#options = options;
    this.#channels = channels;
  }

  async connect(): Promise<void> {
    const client = new pg.Client({
      ...this.#options,
      application_name: 'muniment listen',
      keepAlive: true,
    });
    client.on('notification', (message) => this.emit(message.channel, message.payload));
    client.on('error', () => {
      this.#reconnect(client);
    });
    client.on('end', () => {
      this.#reconnect(client);
    });
    await client.connect();
    this.#client = client;
    for (const channel of this.#channels) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    this.#retryMs = firstRetryMs;
    for (const channel of this.#channels) this.emit(channel);
    this.emit('connected');
  }

  #reconnect(lost: pg.Client): void {
    if (this.#closed || (this.#client !== null && this.#client !== lost) || this.#retry) return;
    this.#client = null;
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        this.connect().catch(() => {
          this.#reconnect(lost);
        });
      },
      this.#retryMs * (0.5 + Math.random()),
    );
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
    this.removeAllListeners();
  }
}
