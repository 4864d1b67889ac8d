import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The header `webhook-id`. */
  readonly id: string;
}

type Behave = (request: Received, response: ServerResponse, attempt: number) => void;

/** A program that receives webhooks, as badly as a test wants it to. */
export class Receiver {
  readonly requests: Received[] = [];
  readonly #server: Server;
  readonly #attempts = new Map<string, number>();
  #closedAt = 0;
  behave: Behave = (_request, response) => {
    response.writeHead(204).end();
  };

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const received = {
          path: request.url ?? '',
          headers: request.headers,
          body,
          id: String(request.headers['webhook-id']),
        };
        receiver.requests.push(received);
        const key = `${received.path} ${received.id}`;
        const attempt = (receiver.#attempts.get(key) ?? 0) + 1;
        receiver.#attempts.set(key, attempt);
        receiver.behave(received, response, attempt);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get target(): string {
    return `127.0.0.1:${String(this.port)}`;
  }

  url(path = '/'): string {
    return `http://${this.target}${path}`;
  }

  /** Requests to one path, in the order in which they came. */
  at(path: string): readonly Received[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** Refuses connections until it is opened again, at the same port. */
  async shut(): Promise<void> {
    this.#closedAt = this.port;
    await this.stop();
  }

  async open(): Promise<void> {
    this.#server.listen(this.#closedAt, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
