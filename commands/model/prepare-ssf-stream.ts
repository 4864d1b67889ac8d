import { certificate } from '../../domain/certificate/model.js';
import { fieldError } from '../../domain/kernel/errors.js';
import type { Id } from '../../domain/kernel/ids.js';
import type { StreamState } from '../../domain/ssf/stream.js';
import { stageGeneratedCertificate } from '../certificate/generate-certificate.js';
import { clientByProvider } from '../oauth2/client.js';
import type { Ports } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Prepare } from './preparation.js';

/** Name of the key that signs where none is chosen. Made with the first stream. */
const keyName = 'Shared signals signing key';
/** Bytes of the smallest modulus that receivers accept (RFC 7518, 3.3). */
const minModulus = 256;

const hostOf = (address: string | null): string | null =>
  address === null || !URL.canParse(address) ? null : new URL(address).host;

const requireSigningKey = ({ config, signer }: Ports, id: string): void => {
  const values = config.get(certificate, id)?.values;
  const jwk = values && values.privateKey !== null ? signer.publicJwk(values.certificate) : null;
  const weak = jwk?.['kty'] === 'RSA' && Buffer.from(String(jwk['n']), 'base64url').length < minModulus;
  if (!jwk || weak)
    throw fieldError(
      'INVALID_INPUT',
      'signingKey',
      'Choose a certificate with a private key: RSA of 2048 bits or more, elliptic on the curve P-256, or Ed25519.',
    );
};

const sharedKey = (unit: UnitOfWork): Promise<Id<'certificate'>> => {
  const known = unit.ports.config.find(certificate, 'name', keyName);
  return known && known.values.privateKey !== null
    ? Promise.resolve(known.id as Id<'certificate'>)
    : stageGeneratedCertificate(unit, { name: keyName, algorithm: 'rsa' });
};

/** The issuer under which receivers of an application find the transmitter; without one, that of the installation. */
const ownIssuer = (unit: UnitOfWork, providerId: string): string => {
  const { origin } = unit.context;
  if (origin === undefined) throw fieldError('INVALID_INPUT', 'issuer', 'Enter the issuer.');
  const client = clientByProvider(unit.ports.config, providerId);
  return client ? `${origin}/application/o/${client.application.values.slug}/` : origin;
};

/**
 * Completes a stream of shared signals: a new one gets its issuer and a key that signs with RS256, as receivers expect, where
 * none is given. The header for an address is not taken along to another host.
 */
export const prepareSsfStream: Prepare<StreamState> = async (unit, { values, before }) => {
  const prepared: { -readonly [K in keyof StreamState]?: StreamState[K] } = { ...values };
  const moves =
    before !== null &&
    before.authorizationHeader !== null &&
    values.endpointUrl !== undefined &&
    hostOf(values.endpointUrl) !== hostOf(before.endpointUrl);
  if (moves && values.authorizationHeader === undefined)
    throw fieldError(
      'INVALID_INPUT',
      'authorizationHeader',
      'Enter the header again: the address leads to another host.',
    );
  if (values.signingKey != null) requireSigningKey(unit.ports, values.signingKey);
  else if (before === null || values.signingKey === null) prepared.signingKey = await sharedKey(unit);
  if (values.issuer == null && (before === null || values.issuer === null))
    prepared.issuer = before?.issuer ?? ownIssuer(unit, values.provider ?? before?.provider ?? '');
  return prepared;
};
