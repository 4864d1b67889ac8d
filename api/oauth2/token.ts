import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientCredentialsCommand } from '../../commands/oauth2/client-credentials.js';
import { availableScopes, type Client } from '../../commands/oauth2/client.js';
import { parseCode } from '../../commands/oauth2/code.js';
import type { TokenAnswer } from '../../commands/oauth2/issue-tokens.js';
import { redeemCodeCommand } from '../../commands/oauth2/redeem-code.js';
import { refreshTokens } from '../../commands/oauth2/refresh-grant.js';
import { parseRefreshToken } from '../../commands/oauth2/refresh-token.js';
import { isRefused, refused, type Refused } from '../../commands/oauth2/refused.js';
import { execute } from '../../commands/pipeline.js';
import { anybody } from '../../domain/kernel/rights.js';
import { grantTypes, type GrantType } from '../../domain/provider/oauth2/model.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { publicOrigin } from '../http/hosts.js';
import { tellPosition } from '../http/position.js';
import { clientContext, type ClientAuthentication } from './client-authentication.js';
import { allowOrigin, registerPreflight } from './cors.js';
import { sendTokenError } from './errors.js';
import { formOf, given } from './parameters.js';

interface Exchange {
  readonly dependencies: HttpDependencies;
  readonly request: FastifyRequest;
  readonly client: Client;
  readonly form: URLSearchParams;
  readonly origin: string;
  readonly reply: FastifyReply;
}

type Answer = TokenAnswer | Refused;

const readModelMs = 1000;

const path = '/application/o/token/';

const authorizationCode = async ({
  dependencies,
  request,
  client,
  form,
  origin,
  reply,
}: Exchange): Promise<Answer> => {
  const code = parseCode(form.get('code') ?? '');
  if (!code) return refused('invalid_grant', 'The authorization code is not valid.');
  const { output, position } = await execute(
    dependencies.ports,
    redeemCodeCommand,
    {
      client,
      code,
      redirectUri: given(form, 'redirect_uri'),
      verifier: given(form, 'code_verifier'),
      origin,
    },
    clientContext(dependencies, request, client),
  );
  tellPosition(reply, dependencies.ports, position);
  return output;
};

const refreshToken = async ({ dependencies, request, client, form, origin }: Exchange): Promise<Answer> => {
  const token = parseRefreshToken(form.get('refresh_token') ?? '');
  if (!token) return refused('invalid_grant', 'The refresh token is not valid.');
  const scopes = given(form, 'scope')?.split(' ').filter(Boolean) ?? null;
  return refreshTokens(
    dependencies.ports,
    { client, token, scopes, origin },
    clientContext(dependencies, request, client),
  );
};

/** Scopes of a client's own token: those asked for that exist, else all; nothing that needs a person. */
const machineScopes = (client: Client, asked: string | null): readonly string[] => {
  const available = availableScopes(client).filter((scope) => scope !== 'offline_access');
  return asked === null ? available : asked.split(' ').filter((scope) => available.includes(scope));
};

const clientCredentials = async ({
  dependencies,
  request,
  client,
  form,
  origin,
  reply,
}: Exchange): Promise<Answer> => {
  const { ports } = dependencies;
  const scopes = machineScopes(client, given(form, 'scope'));
  const { output, position } = await execute(
    ports,
    clientCredentialsCommand,
    { client, scopes, origin },
    clientContext(dependencies, request, client),
  );
  if ('error' in output) return output;
  if (output.accountIsNew && position !== null)
    await ports.readModels.waitFor(position, readModelMs, ['directory']);
  tellPosition(reply, ports, position);
  return output.answer;
};

const grants: Readonly<Record<GrantType, (exchange: Exchange) => Promise<Answer>>> = {
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  client_credentials: clientCredentials,
};

/** Gives tokens for a grant (RFC 6749, 3.2). */
export const registerToken = (
  scope: FastifyInstance,
  dependencies: HttpDependencies,
  clients: ClientAuthentication,
): void => {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<Answer> => {
    const form = formOf(request);
    if ('error' in form) return form;
    const grantType = given(form, 'grant_type');
    if (grantType === null) return refused('invalid_request', 'The request names no grant type.');
    const client = await clients.authenticate(request, form);
    if ('error' in client) return client;
    allowOrigin(dependencies, request, reply, client);
    const known = grantTypes.find((type) => type === grantType);
    if (!known) return refused('unsupported_grant_type', 'The grant type is not supported.');
    if (!client.provider.values.grantTypes.includes(known))
      return refused('unauthorized_client', 'The client may not use this grant type.');
    const origin = publicOrigin(dependencies.settings, request);
    return grants[known]({ dependencies, request, client, form, origin, reply });
  };
  scope.post(
    path,
    { config: { access: anybody('clients authenticate by the protocol'), sessionless: true } },
    async (request, reply) => {
      const result = await answer(request, reply);
      return isRefused(result)
        ? sendTokenError(reply, result)
        : reply.header('pragma', 'no-cache').send(result);
    },
  );
  registerPreflight(scope, dependencies, path);
};
