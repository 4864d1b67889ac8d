import type { Secret, SecretRef } from '../../domain/kernel/secret.js';
import type { Ports } from '../ports.js';
import type { Transport } from './transport.js';

/** After a change receivers may know either secret for so long. */
const overlapMs = 24 * 60 * 60 * 1000;

interface Change {
  readonly type: string;
  readonly at: Date;
  readonly data: {
    readonly set?: { readonly webhookSecret?: SecretRef | null };
    readonly was?: { readonly webhookSecret?: SecretRef | null };
  };
}

/** Opens a secret of a transport; null when it has none. */
export const openSecret = async (ports: Ports, reference: SecretRef | null): Promise<Secret | null> => {
  if (reference === null) return null;
  const entry = await ports.store.readVault(reference.ref, reference.version);
  return entry && ports.sealer.openSecret(entry);
};

/** The secret before the present one, as long as receivers may still know that one only. */
const previous = async (ports: Ports, transport: Transport): Promise<SecretRef | null> => {
  const oldest = ports.clock.now().getTime() - overlapMs;
  if (transport.changedAt.getTime() < oldest) return null;
  const stored = await ports.store.readStream(`notificationtransport-${transport.id}`);
  const events = (await ports.sealer.openEvents(stored)) as unknown as Change[];
  const change = events.filter(({ data }) => data.set?.webhookSecret !== undefined).at(-1);
  return change && change.at.getTime() >= oldest ? (change.data.was?.webhookSecret ?? null) : null;
};

/** Secrets that sign a message: the present one, and for a day after a change the one before. */
export const signingSecrets = async (ports: Ports, transport: Transport): Promise<readonly Secret[]> => {
  const { webhookSecret } = transport.values;
  if (transport.values.mode !== 'webhook' || webhookSecret === null) return [];
  const secrets = await Promise.all([
    openSecret(ports, webhookSecret),
    previous(ports, transport).then((reference) => openSecret(ports, reference)),
  ]);
  return secrets.filter((secret) => secret !== null);
};
