import { certificate as certificateModel } from '../../domain/certificate/model.js';
import type { CertificateObject } from '../../domain/certificate/certificate-object.js';
import type { SecretRef } from '../../domain/kernel/secret.js';
import { OutboundFailure } from '../sink-ports.js';
import type { Ports } from '../ports.js';
import { previousSecret } from '../notification/webhook-secrets.js';
import type { EndpointContext } from './endpoint.js';

/** What kinds of sinks are built from, out of the ports. */
export const endpointContext = (ports: Ports): EndpointContext => {
  const reveal = async (reference: SecretRef | null): Promise<string | null> => {
    if (reference === null) return null;
    const entry = await ports.store.readVault(reference.ref, reference.version);
    // Nothing leaves without what it was to be signed or let in with.
    if (!entry) throw new OutboundFailure('a secret of the sink is lost, enter it again');
    return ports.sealer.openSecret(entry).reveal();
  };
  return {
    ways: ports.sinks.ways,
    now: () => ports.clock.now(),
    signWebhook: ports.signWebhook,
    reveal,
    secretBefore: (sink, field) => previousSecret(ports, `sink-${sink.id}`, field, sink),
    identity: async (id) => {
      if (id === null) return null;
      const found = ports.config.byId(id) as CertificateObject | undefined;
      if (found?.model.name !== certificateModel.name || found.values.privateKey === null)
        throw new OutboundFailure('the certificate to show has no private key');
      return {
        certificate: found.values.certificate,
        privateKey: (await reveal(found.values.privateKey)) ?? '',
      };
    },
  };
};
