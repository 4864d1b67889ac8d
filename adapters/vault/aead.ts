import { createCipheriv, createDecipheriv } from 'node:crypto';
import { pooledBytes } from '../random/pooled-bytes.js';

const nonceBytes = 12;
const tagBytes = 16;

export interface Sealed {
  readonly nonce: string;
  readonly ciphertext: string;
}

/** AES-256-GCM with a random 96-bit nonce. The additional data binds the ciphertext to its place. */
export const seal = (key: Buffer, plaintext: string, additionalData: string): Sealed => {
  const nonce = pooledBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(additionalData));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString('base64'), ciphertext: ciphertext.toString('base64') };
};

/** Throws when key, place or content do not fit. */
export const open = (key: Buffer, sealed: Sealed, additionalData: string): string => {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'));
  decipher.setAAD(Buffer.from(additionalData));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([
    decipher.update(bytes.subarray(0, bytes.length - tagBytes)),
    decipher.final(),
  ]).toString('utf8');
};

/** One text `nonce.ciphertext` for places that hold nothing else. */
export const sealText = (key: Buffer, plaintext: string, additionalData: string): string => {
  const { nonce, ciphertext } = seal(key, plaintext, additionalData);
  return `${nonce}.${ciphertext}`;
};

export const openText = (key: Buffer, text: string, additionalData: string): string => {
  const [nonce = '', ciphertext = ''] = text.split('.');
  return open(key, { nonce, ciphertext }, additionalData);
};
