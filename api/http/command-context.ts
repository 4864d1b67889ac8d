import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '../../commands/command.js';
import type { Actor } from '../../domain/kernel/actor.js';
import type { Via } from '../../domain/kernel/event.js';
import type { HttpDependencies } from './dependencies.js';
import { brandOf, publicOrigin } from './hosts.js';
import { clientAddress, type Identity, type Person } from './identity.js';

const maxPath = 1000;

const actorOf = (person: Person): Actor => ({ type: 'user', id: person.id, label: person.username });

/** Query parameters that carry credentials or codes never reach the log. */
const withoutSecrets = (query: string): string =>
  query.replace(
    /((?:^|&)[^=&]*(?:token|key|secret|pass|code|signature|verifier)[^=&]*)=[^&]*/gi,
    '$1=********',
  );

/** The context of a command that a request causes: who, for whom, from where. */
export const commandContext = (
  { ports, settings }: HttpDependencies,
  request: FastifyRequest,
  identity: Identity,
  via: Via,
  options: { readonly commandId?: string; readonly reason?: string } = {},
): CommandContext => {
  const [path = '', query = ''] = request.url.split('?');
  const ip = clientAddress(request);
  return {
    actor: identity.impersonator
      ? actorOf(identity.impersonator)
      : identity.user
        ? actorOf(identity.user)
        : { type: 'anonymous', id: 'anonymous', label: null },
    onBehalfOf: identity.impersonator && identity.user ? actorOf(identity.user) : null,
    rights: identity.rights,
    sessionId: identity.session?.id ?? null,
    authenticatedAt: identity.session?.startedAt ?? null,
    brandId: brandOf(ports.config, request.hostname)?.id ?? null,
    via,
    client: {
      ip,
      ...ports.places.of(ip),
      userAgent: request.headers['user-agent']?.slice(0, 500) ?? null,
      method: request.method,
      path: path.replace(/(\/recovery\/use-token\/)[^/]+/, '$1********').slice(0, maxPath),
      query: withoutSecrets(query).slice(0, maxPath),
    },
    origin: publicOrigin(settings, request),
    requestId: request.id,
    correlationId: request.id,
    causationId: null,
    reason: options.reason ?? null,
    commandId: options.commandId ?? null,
  };
};
