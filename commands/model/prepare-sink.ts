import { certificate } from '../../domain/certificate/model.js';
import type { CertificateObject } from '../../domain/certificate/certificate-object.js';
import { fieldError } from '../../domain/kernel/errors.js';
import type { Model } from '../../domain/kernel/model.js';
import type { Values } from '../../domain/kernel/model-events.js';
import { Secret } from '../../domain/kernel/secret.js';
import { isBrokenSigningKey } from '../../domain/kernel/webhook-secret.js';
import type { Prepare } from './preparation.js';

/** Where a sink sends its secrets to. */
const hostsOf = ({ url, endpoint, brokers }: Values): string =>
  JSON.stringify(
    [url, endpoint]
      .map((at) => (URL.canParse(String(at)) ? new URL(String(at)).host : null))
      .concat(JSON.stringify(brokers ?? null)),
  );

/**
 * A stored secret is not taken along to another host: whoever may edit an address must know the secret to use it there. What
 * a sink shows or signs with can be used. A lost secret that is written, be it as null, is one that somebody has decided about.
 */
export const prepareSink =
  (model: Model): Prepare =>
  (unit, { values, before }) => {
    const moves = before !== null && hostsOf({ ...before, ...values }) !== hostsOf(before);
    const taken = Object.entries(model.specs).find(
      ([field, { kind }]) =>
        kind === 'secret' && moves && before[field] !== null && values[field] === undefined,
    );
    if (taken)
      throw fieldError(
        'INVALID_INPUT',
        taken[0],
        'Enter the secret again: the address leads to another host.',
      );
    const { signingSecret, clientCertificate } = values;
    if (signingSecret instanceof Secret && isBrokenSigningKey(signingSecret.reveal()))
      throw fieldError(
        'INVALID_INPUT',
        'signingSecret',
        'This is not an Ed25519 key after whsk_, in base64.',
      );
    if (typeof clientCertificate === 'string') {
      const shown = unit.ports.config.byId(clientCertificate) as CertificateObject | undefined;
      if (shown?.model.name === certificate.name && shown.values.privateKey === null)
        throw fieldError('INVALID_INPUT', 'clientCertificate', 'The certificate has no private key.');
    }
    const lost = before === null ? [] : (before['lostSecrets'] as readonly string[]);
    const left = lost.filter((field) => values[field] === undefined);
    return Promise.resolve(left.length === lost.length ? values : { ...values, lostSecrets: left });
  };
