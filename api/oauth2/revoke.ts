import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Client } from '../../commands/oauth2/client.js';
import { findGrant } from '../../commands/oauth2/find-grant.js';
import { parseRefreshToken, refreshDigest } from '../../commands/oauth2/refresh-token.js';
import { refused } from '../../commands/oauth2/refused.js';
import { revokeGrantCommand, revokeMachineTokenCommand } from '../../commands/oauth2/revoke-tokens.js';
import { execute } from '../../commands/pipeline.js';
import { judgeRefreshToken } from '../../domain/access/grant/grant.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { verifyAccessToken } from './access-token.js';
import { clientContext, type ClientAuthentication } from './client-authentication.js';
import { allowOrigin, registerPreflight } from './cors.js';
import { sendTokenError } from './errors.js';
import { formOf, given } from './parameters.js';
import { tellPosition } from '../http/position.js';

const path = '/application/o/revoke/';
const waitMs = 1000;

/** Ends what stands behind a token of the client's own. Returns where that stands in the log; null when nothing does. */
const revoke = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  client: Client,
  token: string,
): Promise<bigint | null> => {
  const { ports } = dependencies;
  const context = clientContext(dependencies, request, client);
  const endGrant = async (grantId: string): Promise<bigint | null> =>
    (await execute(ports, revokeGrantCommand, { grantId }, context)).position;
  const refresh = parseRefreshToken(token);
  if (refresh) {
    const record = await findGrant(ports, refresh.grantId, refresh.generation);
    if (!record || record.revoked || record.state.providerId !== client.provider.id) return null;
    const hash = refreshDigest(ports, refresh.grantId, refresh.generation, refresh.secret);
    const verdict = judgeRefreshToken(
      record.state,
      { generation: refresh.generation, hash },
      ports.clock.now(),
    );
    return verdict === 'valid' ? endGrant(refresh.grantId) : null;
  }
  const access = await verifyAccessToken(dependencies, request, token, 'inspected');
  if (access?.client.provider.id !== client.provider.id) return null;
  if (access.grantId !== null) return endGrant(access.grantId);
  const { position } = await execute(
    ports,
    revokeMachineTokenCommand,
    {
      tokenId: String(access.claims['jti']),
      expiresAt: new Date(Number(access.claims['exp']) * 1000).toISOString(),
    },
    context,
  );
  return position;
};

/** Revokes a token of the client's own with everything from the same grant; unknown tokens are revoked already (RFC 7009). */
export const registerRevoke = (
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
      const token = given(form, 'token');
      if (token === null)
        return sendTokenError(reply, refused('invalid_request', 'The request names no token.'));
      const position = await revoke(dependencies, request, client, token);
      if (position !== null)
        await dependencies.ports.readModels.waitFor(position, waitMs, ['access', 'config']);
      tellPosition(reply, dependencies.ports, position);
      return reply.send({});
    },
  );
  registerPreflight(scope, dependencies, path);
};
