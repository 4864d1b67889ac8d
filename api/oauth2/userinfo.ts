import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { claimUser, subjectOf } from '../../commands/oauth2/issue-tokens.js';
import { anybody } from '../../domain/kernel/rights.js';
import { claimsFor } from '../../domain/provider/oauth2/claims.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { verifyAccessToken } from './access-token.js';
import { allowAnyRegisteredOrigin, allowOrigin, registerPreflight } from './cors.js';
import { sendBearerError } from './errors.js';
import { bodyParameters, given } from './parameters.js';

const path = '/application/o/userinfo/';

/** Tokens as they may be sent: in the header or in the form, never in the address (RFC 6750, 2). */
const tokensIn = (request: FastifyRequest): string[] => {
  const header = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const field = given(bodyParameters(request), 'access_token');
  return [header, field].filter((token) => token !== undefined && token !== null);
};

/** Claims about the person whom an access token is for (OpenID Connect Core, 5.3). */
export const registerUserinfo = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports } = dependencies;
  const config = { access: anybody('the access token is the credential'), sessionless: true };
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Whose token it is, is not known: the refusal may be read by whoever could have asked.
    const refuse = (refusal: Parameters<typeof sendBearerError>[1]): FastifyReply => {
      allowAnyRegisteredOrigin(dependencies, request, reply);
      return sendBearerError(reply, refusal);
    };
    const [token, second] = tokensIn(request);
    if (token === undefined) return refuse(null);
    if (second !== undefined)
      return refuse({
        error: 'invalid_request',
        description: 'Send the token in one way only.',
      });
    const access = await verifyAccessToken(dependencies, request, token, 'presented');
    if (!access)
      return refuse({
        error: 'invalid_token',
        description: 'The access token is not valid.',
      });
    allowOrigin(dependencies, request, reply, access.client);
    if (!access.scopes.includes('openid'))
      return sendBearerError(reply, {
        error: 'insufficient_scope',
        description: 'The scope openid is needed.',
      });
    const person = claimUser(ports, access.user);
    return reply.send({
      ...claimsFor(access.client.mappings, access.scopes, person),
      sub: subjectOf(ports, access.client, person),
    });
  };
  scope.get(path, { config }, answer);
  scope.post(path, { config }, answer);
  registerPreflight(scope, dependencies, path);
};
