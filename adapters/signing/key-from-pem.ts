import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

/** The private key in a PEM text, or null when there is none that can be read without a passphrase. */
export const privateKeyFromPem = (pem: string): KeyObject | null => {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
};

/** The certificate in a PEM text, or null. */
export const certificateFromPem = (pem: string): X509Certificate | null => {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
};

/** Whether a private key belongs to a certificate. */
export const belongsTo = (certificate: X509Certificate, key: KeyObject): boolean =>
  certificate.publicKey.equals(createPublicKey(key));
