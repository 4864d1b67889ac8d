import type { Ports } from '../../commands/ports.js';

const waitMs = 2000;

/** Waits until this process knows what a receiver has just done, so that its next request finds it. Throws `PROJECTION_BEHIND`. */
export const readOwnWrite = async (
  { readModels }: Pick<Ports, 'readModels'>,
  position: bigint | null,
): Promise<void> => {
  if (position !== null) await readModels.waitFor(position, waitMs, ['config', 'ssf']);
};
