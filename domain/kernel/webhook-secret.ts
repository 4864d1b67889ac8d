const prefix = 'whsk_';
const seedBytes = 32;
const pairBytes = 64;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The 32 bytes of an Ed25519 key behind `whsk_` and base64, whether the public half stands behind them or not; null for any
 * other secret.
 */
export const signingSeed = (secret: string): Uint8Array | null => {
  const encoded = secret.slice(prefix.length);
  if (!secret.startsWith(prefix) || !base64.test(encoded)) return null;
  const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
  return bytes.length === seedBytes || bytes.length === pairBytes ? bytes.subarray(0, seedBytes) : null;
};

/** Whether a text says that it is a private key for signing and is none. */
export const isBrokenSigningKey = (secret: string): boolean =>
  secret.startsWith(prefix) && signingSeed(secret) === null;
