import type { ConfigObject } from '../../domain/kernel/config-view.js';
import type { Secret, SecretRef } from '../../domain/kernel/secret.js';
import type { Ports } from '../ports.js';
import type { Transport } from './transport.js';

/** After a change receivers may know either secret for so long. */
const overlapMs = 24 * 60 * 60 * 1000;

interface Change {
  readonly type: string;
  readonly at: Date;
  readonly data: {
    readonly set?: Readonly<Record<string, unknown>>;
    readonly was?: Readonly<Record<string, unknown>>;
  };
}

/** Opens a secret; null for none. */
export const openSecret = async (ports: Ports, reference: SecretRef | null): Promise<Secret | null> => {
  if (reference === null) return null;
  const entry = await ports.store.readVault(reference.ref, reference.version);
  return entry && ports.sealer.openSecret(entry);
};

/** The secret that a field held before its present one, as long as receivers may still know that one only. */
export const previousSecret = async (
  ports: Ports,
  stream: string,
  field: string,
  { revision, changedAt }: Pick<ConfigObject, 'revision' | 'changedAt'>,
): Promise<Secret | null> => {
  const oldest = ports.clock.now().getTime() - overlapMs;
  if (revision === 0 || changedAt.getTime() < oldest) return null;
  const events = (await ports.sealer.openEvents(await ports.store.readStream(stream))) as unknown as Change[];
  const change = events.filter(({ data }) => data.set?.[field] !== undefined).at(-1);
  return change && change.at.getTime() >= oldest
    ? openSecret(ports, (change.data.was?.[field] ?? null) as SecretRef | null)
    : null;
};

/** Secrets that sign a message: the present one, and for a day after a change the one before. */
export const signingSecrets = async (ports: Ports, transport: Transport): Promise<readonly Secret[]> => {
  const { webhookSecret } = transport.values;
  if (transport.values.mode !== 'webhook' || webhookSecret === null) return [];
  const secrets = await Promise.all([
    openSecret(ports, webhookSecret),
    previousSecret(ports, `notificationtransport-${transport.id}`, 'webhookSecret', transport),
  ]);
  return secrets.filter((secret) => secret !== null);
};
