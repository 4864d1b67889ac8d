import type { FastifyInstance, FastifyRequest } from 'fastify';
import { judgeRefreshToken } from '../../domain/access/grant/grant.js';
import type { Client } from '../../commands/oauth2/client.js';
import { findGrant } from '../../commands/oauth2/find-grant.js';
import { claimUser, subjectOf } from '../../commands/oauth2/issue-tokens.js';
import { mayUseClient } from '../../commands/oauth2/may-use-client.js';
import { parseRefreshToken, refreshDigest } from '../../commands/oauth2/refresh-token.js';
import { refused } from '../../commands/oauth2/refused.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { verifyAccessToken } from './access-token.js';
import type { ClientAuthentication } from './client-authentication.js';
import { allowOrigin, registerPreflight } from './cors.js';
import { sendTokenError } from './errors.js';
import { formOf, given } from './parameters.js';

const path = '/application/o/introspect/';
const inactive = { active: false } as const;

type Introspection = Readonly<Record<string, unknown>>;

const ofRefreshToken = async (
  { ports }: HttpDependencies,
  client: Client,
  token: string,
): Promise<Introspection> => {
  const parsed = parseRefreshToken(token);
  const record = parsed && (await findGrant(ports, parsed.grantId, parsed.generation));
  if (!record || record.revoked || record.state.providerId !== client.provider.id) return inactive;
  const { state, subject } = record;
  const { generation, grantId, secret } = parsed;
  const hash = refreshDigest(ports, grantId, generation, secret);
  if (judgeRefreshToken(state, { generation, hash }, ports.clock.now()) !== 'valid') return inactive;
  if (!mayUseClient(ports, client, subject.user)) return inactive;
  return {
    active: true,
    client_id: client.provider.values.clientId,
    sub: subjectOf(ports, client, claimUser(ports, subject.user)),
    username: subject.user.username,
    scope: state.scopes.join(' '),
    exp: Math.floor(new Date(state.refreshExpiresAt ?? state.endsAt).getTime() / 1000),
  };
};

const introspect = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  client: Client,
  token: string,
): Promise<Introspection> => {
  const access = await verifyAccessToken(dependencies, request, token, 'inspected');
  if (!access) return ofRefreshToken(dependencies, client, token);
  // Another client's token is as unknown as one that never was.
  if (access.client.provider.id !== client.provider.id) return inactive;
  return { ...access.claims, active: true, token_type: 'Bearer', username: access.user.username };
};

/** Tells a client about a token of its own (RFC 7662). */
export const registerIntrospect = (
  scope: FastifyInstance,
  dependencies: HttpDependencies,
  clients: ClientAuthentication,
): void => {
  scope.post(
    path,
    { config: { access: anybody('clients authenticate by the protocol'), sessionless: true } },
    async (request, reply) => {
      const form = formOf(request);
      if ('error' in form) return sendTokenError(reply, form);
      const client = await clients.authenticate(request, form);
      if ('error' in client) return sendTokenError(reply, client);
      allowOrigin(dependencies, request, reply, client);
      if (client.provider.values.clientType === 'public')
        return sendTokenError(
          reply,
          refused('invalid_client', 'Introspection is for clients with a secret.'),
        );
      const token = given(form, 'token');
      if (token === null)
        return sendTokenError(reply, refused('invalid_request', 'The request names no token.'));
      return reply.send(await introspect(dependencies, request, client, token));
    },
  );
  registerPreflight(scope, dependencies, path);
};
