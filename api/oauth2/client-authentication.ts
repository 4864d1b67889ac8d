import type { FastifyRequest } from 'fastify';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import type { CommandContext } from '../../commands/command.js';
import { clientById, type Client } from '../../commands/oauth2/client.js';
import { refused, type Refused } from '../../commands/oauth2/refused.js';
import { execute } from '../../commands/pipeline.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import { commandContext } from '../http/command-context.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { anonymous, clientAddress } from '../http/identity.js';
import { given } from './parameters.js';

interface Presented {
  readonly clientId: string;
  readonly secret: string | null;
}

type Failure = 'unknown_client' | 'wrong_client_secret';

const failureWindowMs = 15 * 60_000;

const invalidClient = refused('invalid_client', 'Client authentication failed.');

const decodeComponent = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
};

/** Id and secret of HTTP Basic, each form-encoded (RFC 6749, 2.3.1); null when the header is malformed. */
const parseBasic = (header: string): Presented | null => {
  const decoded = Buffer.from(header.slice('Basic '.length), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) return null;
  const clientId = decodeComponent(decoded.slice(0, colon));
  const secret = decodeComponent(decoded.slice(colon + 1));
  return clientId === null || secret === null ? null : { clientId, secret };
};

const presentedBy = (request: FastifyRequest, form: URLSearchParams): Presented | Refused => {
  const header = request.headers.authorization ?? '';
  const clientId = given(form, 'client_id');
  const secret = given(form, 'client_secret');
  if (!/^Basic /i.test(header))
    return clientId === null
      ? refused('invalid_client', 'The request names no client.')
      : { clientId, secret };
  const basic = parseBasic(header);
  if (!basic) return refused('invalid_request', 'The authorization header is malformed.');
  if (secret !== null) return refused('invalid_request', 'Authenticate in one way only.');
  return clientId !== null && clientId !== basic.clientId
    ? refused('invalid_request', 'The client ids differ.')
    : basic;
};

/** The context of what a client does. */
export const clientContext = (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  client: Client,
): CommandContext => ({
  ...commandContext(dependencies, request, anonymous, 'protocol'),
  actor: { type: 'client', id: client.provider.id, label: client.provider.values.name },
});

/**
 * Finds out which client sends a request (RFC 6749, 2.3). Secrets are compared in constant time; the one before a rotation
 * counts until its overlap ends. Failures are counted per client and address, and those above the limit shut the pair
 * out for a while.
 */
export class ClientAuthentication {
  readonly #dependencies: HttpDependencies;
  readonly #shutOut = new Map<string, number>();

  constructor(dependencies: HttpDependencies) {
    this.#dependencies = dependencies;
  }

  async authenticate(request: FastifyRequest, form: URLSearchParams): Promise<Client | Refused> {
    const presented = presentedBy(request, form);
    if ('error' in presented) return presented;
    const { ports } = this.#dependencies;
    const pair = `client:${ports.ids.sha256(presented.clientId)}:${clientAddress(request) ?? ''}`;
    if ((this.#shutOut.get(pair) ?? 0) > ports.clock.now().getTime())
      return refused('slow_down', 'Too many failed attempts.');
    const client = clientById(ports.config, presented.clientId);
    if (!client) return this.#fail(request, pair, presented.clientId, null, 'unknown_client');
    if (client.provider.values.clientType === 'public') return client;
    return presented.secret !== null && this.#matches(client, presented.secret)
      ? client
      : this.#fail(request, pair, presented.clientId, client, 'wrong_client_secret');
  }

  #matches({ provider }: Client, presented: string): boolean {
    const { sealer, clock } = this.#dependencies.ports;
    const { clientSecret, previousClientSecret, previousClientSecretExpiresAt: until } = provider.values;
    const previous = until !== null && new Date(until) > clock.now() ? previousClientSecret : null;
    return [clientSecret, previous].some(
      (reference) => reference !== null && sealer.matchesSecret(oauth2Provider.name, reference, presented),
    );
  }

  async #fail(
    request: FastifyRequest,
    pair: string,
    clientId: string,
    client: Client | null,
    reason: Failure,
  ): Promise<Refused> {
    const { ports } = this.#dependencies;
    const [failures = 0] = await ports.counters.increment([{ key: pair, windowMs: failureWindowMs }]);
    if (failures > ports.limits.loginFailuresPerIp) {
      if (this.#shutOut.size > 10_000) this.#shutOut.clear();
      this.#shutOut.set(pair, ports.clock.now().getTime() + failureWindowMs);
    }
    const hash = ports.sealer.digest('identifier', 'client', clientId);
    if (ports.floods.admit('login', hash, clientAddress(request) ?? ''))
      await execute(
        ports,
        recordFactCommand,
        {
          type: 'activity.login.failed',
          data: {
            userId: null,
            identifierHash: client ? null : hash,
            identifierLength: clientId.length,
            reason,
            stageId: null,
            providerId: client?.provider.id ?? null,
            count: 1,
          },
        },
        commandContext(this.#dependencies, request, anonymous, 'protocol'),
      );
    return invalidClient;
  }
}
