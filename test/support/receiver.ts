import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { freePort } from '../../bin/free-port.mjs';

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
  readonly port: number;
  readonly #server: Server;
  readonly #attempts = new Map<string, number>();
  behave: Behave = (_request, response) => {
    response.writeHead(204).end();
  };

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server, await freePort());
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
    await receiver.open();
    return receiver;
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

  async open(): Promise<void> {
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Refuses connections until it is opened again, at the same port. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
