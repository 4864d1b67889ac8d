import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamsOf } from '../../commands/ssf/receiver-streams.js';
import type { CommandContext } from '../../commands/command.js';
import type { Client } from '../../commands/oauth2/client.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { verifyAccessToken } from '../oauth2/access-token.js';
import { clientContext } from '../oauth2/client-authentication.js';
import { sendBearerError } from '../oauth2/errors.js';

export const scopes = ['ssf.manage', 'ssf.read'] as const;
export type SsfScope = (typeof scopes)[number];

/** Who asks: a client by a token of its own, with the context of what it does. */
export interface Receiver {
  readonly client: Client;
  readonly context: CommandContext;
}

/**
 * Finds out which receiver sends a request, by an access token that its client got for itself (RFC 6750). Answers the request
 * and returns null when there is none or it has not the scope; whoever may manage may read.
 */
export const receiverOf = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  scope: SsfScope,
): Promise<Receiver | null> => {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const refuse = (refusal: Parameters<typeof sendBearerError>[1]): null => {
    void sendBearerError(reply, refusal);
    return null;
  };
  if (token === undefined) return refuse(null);
  const access = await verifyAccessToken(dependencies, request, token, 'presented');
  const { slug } = request.params as { slug?: string };
  // A token of a person says nothing of the client's own streams.
  if (access?.grantId !== null || (slug !== undefined && slug !== access.client.application.values.slug))
    return refuse({ error: 'invalid_token', description: 'The access token is not valid here.' });
  if (!access.scopes.includes('ssf.manage') && !access.scopes.includes(scope))
    return refuse({ error: 'insufficient_scope', description: `The scope ${scope} is needed.` });
  const { client } = access;
  const { ports } = dependencies;
  const streams = streamsOf(ports.config, client).map(({ id }) => id);
  if (streams.length > 0) await ports.signals.seen(streams, ports.clock.now());
  return { client, context: clientContext(dependencies, request, client) };
};
