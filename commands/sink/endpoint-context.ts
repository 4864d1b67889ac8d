import type { Ports } from '../ports.js';
import type { EndpointContext } from './endpoint.js';

/** What kinds of sinks are built from, out of the ports. */
export const endpointContext = (ports: Ports): EndpointContext => ({
  ways: ports.sinks.ways,
  now: () => ports.clock.now(),
  signWebhook: ports.signWebhook,
  reveal: async (reference) => {
    if (reference === null) return null;
    const entry = await ports.store.readVault(reference.ref, reference.version);
    return entry ? ports.sealer.openSecret(entry).reveal() : null;
  },
});
