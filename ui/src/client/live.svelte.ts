import { createClient, type Client } from 'graphql-ws';

export type LiveState = 'idle' | 'connecting' | 'live' | 'lost';

const firstRetryMs = 200;
const slowestRetryMs = 5000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The one websocket of this tab: how it is doing, and who wants to know that it came back. */
class LiveConnection {
  state = $state<LiveState>('idle');
  readonly #resumed = new Set<() => void>();

  /** Calls back each time the connection has been lost and is there again: what was missed must be read. */
  onResumed(callback: () => void): () => void {
    this.#resumed.add(callback);
    return () => this.#resumed.delete(callback);
  }

  connected(): void {
    const resumed = this.state === 'lost';
    this.state = 'live';
    if (resumed) for (const callback of this.#resumed) callback();
  }

  closed(clean: boolean): void {
    this.state = clean ? 'idle' : 'lost';
  }
}

export const live = new LiveConnection();

const normalClosure = 1000;
let socket: Client | null = null;

/** The websocket client; it connects with the first subscription and tries again for as long as there is one. */
export const openSocket = (): Client =>
  (socket ??= createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (retries) =>
      pause(Math.min(firstRetryMs * 2 ** retries, slowestRetryMs) * (0.75 + Math.random() / 2)),
    keepAlive: 20_000,
    on: {
      connecting: () => {
        if (live.state === 'idle') live.state = 'connecting';
      },
      connected: () => live.connected(),
      closed: (event) => live.closed((event as CloseEvent).code === normalClosure),
    },
  }));
