import { certificate } from '../../domain/certificate/model.js';
import { durationMs } from '../../domain/kernel/duration.js';
import { fieldError } from '../../domain/kernel/errors.js';
import type { Id } from '../../domain/kernel/ids.js';
import { Secret } from '../../domain/kernel/secret.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import { requireUsableRedirectUris } from '../../domain/provider/oauth2/redirect-uri.js';
import type { OAuth2ProviderState } from '../../domain/provider/oauth2/rotate-client-secret.js';
import { bootstrapId } from '../bootstrap/bootstrap-id.js';
import { stageGeneratedCertificate } from '../certificate/generate-certificate.js';
import type { Ports } from '../ports.js';
import { generateSecret } from './generate-secret.js';
import type { Prepare } from './preparation.js';

const clientIdBytes = 30;
const maxRetired = 5;
const defaultScopes = ['openid', 'email', 'profile', 'offline_access'];

const shippedScopes = ({ ids, config }: Ports): Id<'mapping.scope'>[] =>
  defaultScopes
    .map((name) => bootstrapId(ids, 'mapping', name) as string as Id<'mapping.scope'>)
    .filter((id) => config.get(scopeMapping, id) !== undefined);

/** Clients of OpenID Connect are offered no EdDSA: many do not know it. */
const offered: ReadonlySet<string | null> = new Set(['ES256', 'RS256']);

/** Refuses a certificate that could not sign: without private key, or with a key no offered algorithm uses. */
const requireSigningKey = ({ config, signer }: Ports, id: string): void => {
  const values = config.get(certificate, id)?.values;
  if (!values || values.privateKey === null || !offered.has(signer.algorithmOf(values.certificate)))
    throw fieldError(
      'INVALID_INPUT',
      'signingKey',
      'Choose a certificate with a private key: RSA, or elliptic on the curve P-256.',
    );
};

/** The replaced keys, newest last: published until the last token they signed has expired, known a while longer. */
const retire = (before: OAuth2ProviderState, next: string, now: Date): OAuth2ProviderState['retiredKeys'] => {
  const kept = before.retiredKeys
    .filter((key) => key.certificate !== next && key.certificate !== before.signingKey)
    .slice(-maxRetired);
  if (before.signingKey === null) return kept;
  const until = new Date(now.getTime() + durationMs(before.accessTokenValidity)).toISOString();
  return [...kept, { certificate: before.signingKey, until }];
};

/**
 * Completes an OAuth2 provider: a new one gets a client id, a secret if it is confidential, a signing key of its own and
 * the shipped scopes where none are given. Refuses redirect addresses that could never match and keys that cannot sign.
 */
export const prepareOAuth2Provider: Prepare<OAuth2ProviderState> = async (unit, { values, before }) => {
  const { ports } = unit;
  const prepared: { -readonly [K in keyof OAuth2ProviderState]?: OAuth2ProviderState[K] } = { ...values };
  if (values.redirectUris) requireUsableRedirectUris(values.redirectUris, ports.compilePattern);
  if (values.clientId === '') prepared.clientId = before?.clientId ?? ports.ids.randomText(clientIdBytes);

  const clientType = values.clientType ?? before?.clientType;
  const grantTypes = values.grantTypes ?? before?.grantTypes;
  if (clientType === 'public' && grantTypes?.includes('client_credentials'))
    throw fieldError(
      'INVALID_INPUT',
      'grantTypes',
      'A public client cannot prove who it is: it has no use for client credentials.',
    );
  if (clientType === 'public') {
    prepared.clientSecret = null;
    prepared.previousClientSecret = null;
    prepared.previousClientSecretExpiresAt = null;
  } else if ((prepared.clientSecret === undefined ? before?.clientSecret : prepared.clientSecret) == null)
    prepared.clientSecret = generateSecret(ports.ids) as never;
  else if ((prepared.clientSecret as unknown) instanceof Secret) {
    // A secret that is set by hand replaces every earlier one at once; an overlap is what rotation is for.
    prepared.previousClientSecret = null;
    prepared.previousClientSecretExpiresAt = null;
  }

  if (before === null && (values.scopes ?? []).length === 0) prepared.scopes = shippedScopes(ports);
  if (before === null && values.signingKey == null) {
    const name = `Signing key of ${values.name ?? ''}`.slice(0, 190);
    prepared.signingKey = await stageGeneratedCertificate(unit, { name, algorithm: 'ec' });
  } else if (values.signingKey === null)
    throw fieldError('INVALID_INPUT', 'signingKey', 'A client needs a key that signs its tokens.');
  else if (values.signingKey !== undefined && values.signingKey !== before?.signingKey) {
    requireSigningKey(ports, values.signingKey);
    if (before) prepared.retiredKeys = retire(before, values.signingKey, unit.now);
  }
  return prepared;
};
