import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import type { RelyingParty } from './relying-party.js';

/** A security event that was verified. */
export interface SecurityEvent {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: JWTPayload & Record<string, any>;
  /** Last part of the event's URI, and its payload. */
  readonly type: string;
  readonly payload: Readonly<Record<string, any>>;
  readonly headers: IncomingHttpHeaders;
}

interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly configuration_endpoint: string;
  readonly status_endpoint: string;
  readonly add_subject_endpoint: string;
  readonly remove_subject_endpoint: string;
  readonly verification_endpoint: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: any;
  readonly headers: Headers;
}

/** What becomes of one push; true when it was answered here, else the event is taken with 202. */
type Misbehave = (response: ServerResponse, attempt: number, token: string) => boolean;

/**
 * A receiver of shared signals that knows nothing of the product: it finds the transmitter by its metadata, gets a token as its
 * client, and checks what comes by SSF 1.0, RFC 8417, RFC 8935 and RFC 8936.
 */
export class SsfReceiver {
  #party: RelyingParty | null = null;
  #baseUrl = '';
  readonly #server: Server;
  readonly #attempts = new Map<string, number>();
  #metadata: Metadata | null = null;
  #keys: ReturnType<typeof createRemoteJWKSet> | null = null;
  #token: string | null = null;
  /** In the order in which they were taken, repetitions included. */
  readonly events: SecurityEvent[] = [];
  misbehave: Misbehave = () => false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<SsfReceiver> {
    const server = createServer();
    const receiver = new SsfReceiver(server);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        void receiver.#take(body, request.headers, response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  /** Becomes the receiver of an application. */
  join(party: RelyingParty, baseUrl: string): void {
    this.#party = party;
    this.#baseUrl = baseUrl;
  }

  get party(): RelyingParty {
    if (!this.#party) throw new Error('the receiver belongs to no application yet');
    return this.#party;
  }

  get target(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  get address(): string {
    return `http://${this.target}/events`;
  }

  async #take(token: string, headers: IncomingHttpHeaders, response: ServerResponse): Promise<void> {
    const attempt = (this.#attempts.get(token) ?? 0) + 1;
    this.#attempts.set(token, attempt);
    if (headers['content-type'] !== 'application/secevent+jwt') {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ err: 'invalid_request', description: 'not a security event token' }));
      return;
    }
    try {
      const event = await this.verify(token, headers);
      if (this.misbehave(response, attempt, token)) return;
      this.events.push(event);
      response.writeHead(202).end();
    } catch (error) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ err: 'invalid_key', description: String(error) }));
    }
  }

  async metadata(path = `/application/o/${this.party.slug}/`): Promise<Metadata> {
    const answer = await fetch(`${this.#baseUrl}/.well-known/ssf-configuration${path}`);
    if (answer.status !== 200) throw new Error(`metadata: ${String(answer.status)}`);
    return (await answer.json()) as Metadata;
  }

  async known(): Promise<Metadata> {
    this.#metadata ??= await this.metadata();
    return this.#metadata;
  }

  async verify(token: string, headers: IncomingHttpHeaders = {}): Promise<SecurityEvent> {
    const { issuer, jwks_uri } = await this.known();
    this.#keys ??= createRemoteJWKSet(new URL(jwks_uri), { cooldownDuration: 0 });
    const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
      issuer,
      audience: this.party.clientId,
      typ: 'secevent+jwt',
      algorithms: ['RS256', 'ES256', 'EdDSA'],
      requiredClaims: ['jti', 'iat', 'events', 'sub_id'],
    });
    if (protectedHeader.kid === undefined) throw new Error('a security event names its key');
    if ('sub' in payload || 'exp' in payload) throw new Error('a security event has neither sub nor exp');
    const events = Object.entries(payload['events'] as Record<string, Record<string, unknown>>);
    if (events.length !== 1) throw new Error('a security event holds one event');
    const [uri, content] = events[0]!;
    return {
      header: decodeProtectedHeader(token),
      claims: payload,
      type: uri.split('/').at(-1)!,
      payload: content,
      headers,
    };
  }

  /** A token that the client gets for itself (RFC 6749, 4.4). */
  async accessToken(scope = 'ssf.manage ssf.read'): Promise<string> {
    const answer = await fetch(`${this.#baseUrl}/application/o/token/`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${this.party.clientId}:${this.party.clientSecret ?? ''}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
    const body = (await answer.json()) as { access_token?: string };
    if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
    return body.access_token;
  }

  async call(method: string, address: string, body?: unknown, token?: string): Promise<ApiAnswer> {
    this.#token ??= await this.accessToken();
    const answer = await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${token ?? this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text === '' ? null : (JSON.parse(text) as unknown),
      headers: answer.headers,
    };
  }

  async createStream(body: Record<string, unknown>): Promise<any> {
    const answer = await this.call('POST', (await this.known()).configuration_endpoint, body);
    if (answer.status !== 201) throw new Error(`no stream: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A stream that pushes here. */
  push(events: readonly string[], more: Record<string, unknown> = {}): Promise<any> {
    return this.createStream({
      delivery: { method: 'urn:ietf:rfc:8935', endpoint_url: this.address, ...more },
      events_requested: events,
    });
  }

  poll(stream: any, body: Record<string, unknown> = {}): Promise<ApiAnswer> {
    return this.call('POST', stream.delivery.endpoint_url as string, { returnImmediately: true, ...body });
  }

  /** Events of a poll, verified. */
  async fetched(answer: ApiAnswer): Promise<SecurityEvent[]> {
    return Promise.all(
      Object.entries(answer.body.sets as Record<string, string>).map(async ([id, token]) => {
        const event = await this.verify(token);
        if (event.claims.jti !== id) throw new Error('the key of a set is its jti');
        return event;
      }),
    );
  }

  typed(type: string): readonly SecurityEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
