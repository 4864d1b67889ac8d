import { z } from 'zod';
import { certificate } from '../../domain/certificate/model.js';
import { claimsOf } from '../../domain/kernel/claims.js';
import type { Id } from '../../domain/kernel/ids.js';
import { createModel } from '../../domain/kernel/model-decisions.js';
import type { Model } from '../../domain/kernel/model.js';
import { permission } from '../../domain/kernel/rights.js';
import { Secret } from '../../domain/kernel/secret.js';
import { defineCommand } from '../command.js';
import { keyAlgorithms, type KeyAlgorithm } from '../signing-ports.js';
import { sealSecrets } from '../model/write-input.js';
import type { UnitOfWork } from '../unit-of-work.js';

const defaultDays = 3650;
const suffixLength = 6;

const model = certificate as unknown as Model;

interface NewCertificate {
  readonly name: string;
  readonly algorithm: KeyAlgorithm;
  readonly days?: number;
}

/** Stages a new key pair in a self-signed certificate: `certificate.created`. A taken name gets a suffix. */
export const stageGeneratedCertificate = async (
  unit: UnitOfWork,
  { name, algorithm, days = defaultDays }: NewCertificate,
): Promise<Id<'certificate'>> => {
  const { ids, config, signer } = unit.ports;
  const id = ids.next('certificate');
  const free = config.find(certificate, 'name', name) ? `${name} ${id.slice(-suffixLength)}` : name;
  const pair = await signer.generate({ commonName: free, algorithm, days });
  const values = sealSecrets(unit, model, id, {
    name: free,
    certificate: pair.certificate,
    privateKey: new Secret(pair.privateKey),
  });
  unit.append('certificate', id, createModel(model, { status: 'absent' }, values));
  unit.claim('certificate', id, { take: claimsOf(model, values), release: [] });
  return id;
};

/**
 * Makes a key pair in a self-signed certificate. Permission `add_certificate`. Appends `certificate.created`. `days`: how
 * long the certificate is valid; keys of token signing outlive it unharmed.
 */
export const generateCertificateCommand = defineCommand({
  name: 'generateCertificate',
  input: z.strictObject({
    name: z.string().trim().min(1).max(190),
    algorithm: z.enum(keyAlgorithms).default('ec'),
    days: z.int().min(1).max(36_500).default(defaultDays),
  }),
  access: permission('add_certificate'),
  run: async (unit, input) => ({ id: await stageGeneratedCertificate(unit, input) }),
});
