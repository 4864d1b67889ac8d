import type { CertificateObject } from '../../domain/certificate/certificate-object.js';
import { DomainError, fieldError } from '../../domain/kernel/errors.js';
import { Secret, type SecretRef } from '../../domain/kernel/secret.js';
import { oauth2Provider } from '../../domain/provider/oauth2/model.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { GuardDeletion, Prepare } from './preparation.js';

type CertificateState = CertificateObject['values'];

const complaints = {
  bad_certificate: ['certificate', 'This is not a certificate in PEM form.'],
  bad_key: ['privateKey', 'This is not a private key in PEM form without a passphrase.'],
  no_pair: ['privateKey', 'The private key does not belong to the certificate.'],
} as const;

/** The key that the object will hold: the one given, else the one in the vault. */
const privateKeyText = async (
  unit: UnitOfWork,
  given: unknown,
  held: SecretRef | null,
): Promise<string | null> => {
  if (given instanceof Secret) return given.reveal();
  if (given === null || held === null) return null;
  const entry = await unit.ports.store.readVault(held.ref, held.version);
  return entry && unit.ports.sealer.openSecret(entry).reveal();
};

/**
 * Refuses what is no certificate, no key, or no pair; and another key in the place of one that signs, since tokens in
 * circulation could no longer be verified. A renewed certificate for the same key is welcome.
 */
export const prepareCertificate: Prepare<CertificateState> = async (unit, { id, values, before }) => {
  if (values.certificate === undefined && values.privateKey === undefined) return values;
  const { signer, config } = unit.ports;
  const certificate = values.certificate ?? before?.certificate ?? '';
  const key = await privateKeyText(unit, values.privateKey, before?.privateKey ?? null);
  const verdict = signer.check(certificate, key);
  if (verdict !== 'ok') {
    const [field, message] = complaints[verdict];
    throw fieldError('INVALID_INPUT', field, message);
  }
  if (before && config.referrers(id).length > 0) {
    if (signer.publicJwk(certificate)?.['kid'] !== signer.publicJwk(before.certificate)?.['kid'])
      throw fieldError('IN_USE', 'certificate', 'This key is in use. Add another one and choose it there.');
    if (key === null) throw fieldError('IN_USE', 'privateKey', 'This key is in use.');
  }
  return values;
};

/** Refuses to delete a key that was replaced while tokens it signed may still be in circulation. */
export const guardCertificateDeletion: GuardDeletion = (unit, id) => {
  const now = unit.now.toISOString();
  const signs = unit.ports.config
    .all(oauth2Provider)
    .some(({ values }) => values.retiredKeys.some((key) => key.certificate === id && key.until > now));
  return signs
    ? Promise.reject(
        new DomainError('IN_USE', { message: 'Tokens that this key signed are still in circulation.' }),
      )
    : Promise.resolve();
};
