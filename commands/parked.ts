import type { Ports } from './ports.js';

/** Kinds of values that wait for a browser to come back; one key space each. */
export type ParkedKind = 'authorization' | 'form-post' | 'logout-request' | 'logout-confirmation';

const idBytes = 24;

type Park = Pick<Ports, 'ids' | 'oneTime' | 'sealer' | 'clock'>;

const keyOf = (kind: ParkedKind, id: string): string => `${kind}/${id}`;

/** Keeps a value, sealed, for `lifeMs`. Returns the id that leads back to it. */
export const park = async (
  ports: Park,
  kind: ParkedKind,
  value: unknown,
  lifeMs: number,
): Promise<string> => {
  const id = ports.ids.randomText(idBytes);
  const expiresAt = new Date(ports.clock.now().getTime() + lifeMs);
  await ports.oneTime.put(keyOf(kind, id), ports.sealer.sealState(id, value), expiresAt);
  return id;
};

/** A parked value, which stays; null when it is unknown or too old. */
export const findParked = async <T>(ports: Park, kind: ParkedKind, id: string): Promise<T | null> => {
  const sealed = await ports.oneTime.peek(keyOf(kind, id));
  return sealed === null ? null : (ports.sealer.openState(id, sealed) as T);
};

/** A parked value, for the last time. */
export const takeParked = async <T>(ports: Park, kind: ParkedKind, id: string): Promise<T | null> => {
  const sealed = await ports.oneTime.take(keyOf(kind, id));
  return sealed === null ? null : (ports.sealer.openState(id, sealed) as T);
};
