import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientBySlug } from '../../commands/oauth2/client.js';
import { certificate } from '../../domain/certificate/model.js';
import { anybody } from '../../domain/kernel/rights.js';
import { ssfStream } from '../../domain/ssf/model.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { publicOrigin } from '../http/hosts.js';
import { addressesOf, placesOf, type Addresses } from './addresses.js';
import { deliveryMethods } from './representation.js';

const config = { access: anybody('public by the protocol'), sessionless: true };
const maxAge = 'public, max-age=300';

/** Metadata of the transmitter (SSF 1.0, 7.1). */
const metadata = (at: Addresses): Record<string, unknown> => ({
  spec_version: '1_0',
  issuer: at.issuer,
  jwks_uri: at.jwks,
  delivery_methods_supported: [deliveryMethods.push, deliveryMethods.poll],
  configuration_endpoint: at.streams,
  status_endpoint: at.status,
  add_subject_endpoint: at.addSubject,
  remove_subject_endpoint: at.removeSubject,
  verification_endpoint: at.verification,
  authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
  default_subjects: 'ALL',
  critical_subject_members: ['user', 'session'],
});

interface OfApplication {
  Params: { slug?: string };
}

/** What receivers read first: where everything is, and the keys that sign. */
export const registerMetadata = (scope: FastifyInstance, { ports, settings }: HttpDependencies): void => {
  const withSlug =
    (show: (request: FastifyRequest, slug: string | null) => unknown) =>
    (request: FastifyRequest<OfApplication>, reply: FastifyReply): FastifyReply => {
      const { slug } = request.params;
      if (slug !== undefined && !clientBySlug(ports.config, slug))
        return reply
          .code(404)
          .send({ error: 'not_found', error_description: 'No application of this name uses OAuth 2.0.' });
      return reply
        .header('cache-control', maxAge)
        .header('access-control-allow-origin', '*')
        .send(show(request, slug ?? null));
    };
  const showMetadata = withSlug((request, slug) =>
    metadata(addressesOf(publicOrigin(settings, request), slug)),
  );
  for (const path of ['', '/application/o/:slug'])
    scope.get<OfApplication>(`/.well-known/ssf-configuration${path}`, { config }, showMetadata);
  const showKeys = withSlug(() => {
    const ids = new Set(ports.config.all(ssfStream).map(({ values }) => values.signingKey));
    return {
      keys: [...ids].flatMap((id) => {
        const key = id === null ? undefined : ports.config.get(certificate, id);
        return (key && ports.signer.publicJwk(key.values.certificate)) ?? [];
      }),
    };
  });
  for (const path of placesOf('/jwks')) scope.get<OfApplication>(path, { config }, showKeys);
};
