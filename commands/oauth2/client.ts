import type { ApplicationObject } from '../../domain/application/access.js';
import { application } from '../../domain/application/model.js';
import { certificate } from '../../domain/certificate/model.js';
import type { CertificateObject } from '../../domain/certificate/certificate-object.js';
import type { ConfigObject, ConfigView } from '../../domain/kernel/config-view.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import type { ScopeMapping } from '../../domain/provider/oauth2/claims.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import type { OAuth2ProviderState } from '../../domain/provider/oauth2/rotate-client-secret.js';

/** A client as configured now: its provider, the application it belongs to, its scopes and its key. */
export interface Client {
  readonly provider: ConfigObject<OAuth2ProviderState>;
  readonly application: ApplicationObject;
  readonly mappings: readonly ScopeMapping[];
  readonly signingKey: CertificateObject | null;
}

const assemble = (
  config: ConfigView,
  provider: ConfigObject<OAuth2ProviderState>,
  object: ApplicationObject,
): Client => ({
  provider,
  application: object,
  mappings: provider.values.scopes.flatMap((id) => config.get(scopeMapping, id) ?? []),
  signingKey:
    provider.values.signingKey === null
      ? null
      : (config.get(certificate, provider.values.signingKey) ?? null),
});

/** The client of an id; null when it is unknown or no application uses it. */
export const clientById = (config: ConfigView, clientId: string): Client | null => {
  const provider = config.find(oauth2Provider, 'clientId', clientId);
  if (provider?.values.clientId !== clientId) return null;
  const user = config
    .referrers(provider.id)
    .find(({ object, field }) => field === 'provider' && object.model.name === application.name);
  const object = user && config.get(application, user.object.id);
  return object ? assemble(config, provider, object) : null;
};

/** The client behind an application's slug; null when the application has no provider of this kind. */
export const clientBySlug = (config: ConfigView, slug: string): Client | null => {
  const object = config.find(application, 'slug', slug);
  const providerId = object?.values.provider ?? null;
  const provider = providerId === null ? undefined : config.get(oauth2Provider, providerId);
  return object && provider ? assemble(config, provider, object) : null;
};

export const clientByProvider = (config: ConfigView, providerId: string): Client | null => {
  const provider = config.get(oauth2Provider, providerId);
  return provider ? clientById(config, provider.values.clientId) : null;
};

/** Certificates whose keys verify this client's tokens now: the one in use, and those replaced while tokens of theirs may live. */
export const publishedKeys = (
  config: ConfigView,
  { provider, signingKey }: Client,
  now: Date,
): readonly CertificateObject[] => [
  ...(signingKey === null ? [] : [signingKey]),
  ...provider.values.retiredKeys
    .filter((key) => new Date(key.until) > now)
    .flatMap((key) => config.get(certificate, key.certificate) ?? []),
];

/** Certificates whose keys may have signed an ID token that comes back as a hint, however old. */
export const hintKeys = (
  config: ConfigView,
  { provider, signingKey }: Client,
): readonly CertificateObject[] => [
  ...(signingKey === null ? [] : [signingKey]),
  ...provider.values.retiredKeys.flatMap((key) => config.get(certificate, key.certificate) ?? []),
];

/** Names of the scopes that a client may ask for. */
export const availableScopes = (client: Client): readonly string[] => [
  ...new Set(client.mappings.map((mapping) => mapping.values.scopeName)),
];

/** The issuer under an origin (`https://host`, no slash). */
export const issuerOf = (client: Client, origin: string): string =>
  client.provider.values.issuerMode === 'global'
    ? `${origin}/`
    : `${origin}/application/o/${client.application.values.slug}/`;
