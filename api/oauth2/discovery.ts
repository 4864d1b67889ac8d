import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  availableScopes,
  clientBySlug,
  issuerOf,
  publishedKeys,
  type Client,
} from '../../commands/oauth2/client.js';
import { anybody } from '../../domain/kernel/rights.js';
import { responseModes } from '../../domain/provider/oauth2/authorization-request.js';
import { defaultAcr } from '../../domain/provider/oauth2/token-claims.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { publicOrigin } from '../http/hosts.js';

interface OfApplication {
  Params: { slug: string };
}

const maxAgeSeconds = 300;
const config = { access: anybody('public by the protocol'), sessionless: true };

const protocolClaims = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'amr', 'nonce', 'sid'];

/** Metadata of the authorization server that one application sees (OpenID Connect Discovery 3, RFC 8414, RFC 9207). */
const metadata = ({ ports }: HttpDependencies, client: Client, origin: string): Record<string, unknown> => {
  const { values } = client.provider;
  const base = `${origin}/application/o`;
  const own = `${base}/${client.application.values.slug}`;
  const authentication =
    values.clientType === 'public' ? ['none'] : ['client_secret_basic', 'client_secret_post'];
  const algorithm = client.signingKey && ports.signer.algorithmOf(client.signingKey.values.certificate);
  return {
    issuer: issuerOf(client, origin),
    authorization_endpoint: `${base}/authorize/`,
    token_endpoint: `${base}/token/`,
    userinfo_endpoint: `${base}/userinfo/`,
    end_session_endpoint: `${own}/end-session/`,
    introspection_endpoint: `${base}/introspect/`,
    revocation_endpoint: `${base}/revoke/`,
    jwks_uri: `${own}/jwks/`,
    response_types_supported: ['code'],
    response_modes_supported: responseModes,
    grant_types_supported: values.grantTypes,
    id_token_signing_alg_values_supported: algorithm === null ? [] : [algorithm],
    subject_types_supported: ['public'],
    token_endpoint_auth_methods_supported: authentication,
    revocation_endpoint_auth_methods_supported: authentication,
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    acr_values_supported: [defaultAcr],
    scopes_supported: [...new Set(['openid', ...availableScopes(client)])],
    claims_supported: [
      ...new Set([
        ...protocolClaims,
        ...client.mappings.flatMap((mapping) => mapping.values.claims.map(({ claim }) => claim)),
      ]),
    ],
    code_challenge_methods_supported: values.pkce === 'required_s256' ? ['S256'] : ['plain', 'S256'],
    prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
};

/** Sends public JSON that caches may keep for a while and ask about by its tag. */
const sendCacheable = (request: FastifyRequest, reply: FastifyReply, value: unknown): FastifyReply => {
  const body = JSON.stringify(value);
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  reply
    .header('cache-control', `public, max-age=${String(maxAgeSeconds)}`)
    .header('etag', tag)
    .header('access-control-allow-origin', '*');
  return request.headers['if-none-match'] === tag
    ? reply.code(304).send()
    : reply.type('application/json; charset=utf-8').send(body);
};

const notFound = (reply: FastifyReply): FastifyReply =>
  reply.code(404).send({
    error: 'not_found',
    error_description: 'No application of this name uses OAuth 2.0.',
  });

/** Discovery documents and keys, one set per application. */
export const registerDiscovery = (scope: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports, settings } = dependencies;
  const withClient =
    (show: (client: Client, request: FastifyRequest) => unknown) =>
    (request: FastifyRequest<OfApplication>, reply: FastifyReply): FastifyReply => {
      const client = clientBySlug(ports.config, request.params.slug);
      return client ? sendCacheable(request, reply, show(client, request)) : notFound(reply);
    };
  const discovery = withClient((client, request) =>
    metadata(dependencies, client, publicOrigin(settings, request)),
  );
  scope.get<OfApplication>('/application/o/:slug/.well-known/openid-configuration', { config }, discovery);
  scope.get<OfApplication>(
    '/.well-known/oauth-authorization-server/application/o/:slug/',
    { config },
    discovery,
  );
  scope.get<OfApplication>(
    '/application/o/:slug/jwks/',
    { config },
    withClient((client) => ({
      keys: publishedKeys(ports.config, client, ports.clock.now()).flatMap(
        (key) => ports.signer.publicJwk(key.values.certificate) ?? [],
      ),
    })),
  );
  scope.get<OfApplication>('/application/o/:slug/', { config }, (request, reply) => {
    const { slug } = request.params;
    return clientBySlug(ports.config, slug)
      ? reply.redirect(`/application/o/${encodeURIComponent(slug)}/.well-known/openid-configuration`, 302)
      : notFound(reply);
  });
};
