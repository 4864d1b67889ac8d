import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafeSlow(8192);
let used = pool.length;

/**
 * Random bytes for identifiers and nonces, which are public anyway. Asking the system for a few bytes costs more than what
 * is done with them, so they are fetched in bulk; none is given out twice. Secrets come from `randomBytes`.
 */
export const pooledBytes = (size: number): Buffer => {
  if (used + size > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + size));
  used += size;
  return bytes;
};
