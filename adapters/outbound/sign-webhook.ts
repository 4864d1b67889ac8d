import { createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { SignWebhook } from '../../commands/delivery-ports.js';
import { signingSeed } from '../../domain/kernel/webhook-secret.js';

const prefix = 'whsec_';
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const ed25519Header = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A secret in the form of the standard stands for the bytes behind it; any other text for itself. */
const keyOf = (secret: string): Buffer => {
  const encoded = secret.slice(prefix.length);
  return secret.startsWith(prefix) && base64.test(encoded)
    ? Buffer.from(encoded, 'base64')
    : Buffer.from(secret, 'utf8');
};

const privateKeyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([ed25519Header, seed]), format: 'der', type: 'pkcs8' });

/**
 * Signature over `id.timestamp.body` (Standard Webhooks): version 1a, Ed25519, for a private key `whsk_`, else version 1,
 * HMAC-SHA256.
 */
export const signWebhook: SignWebhook = (secret, { id, timestamp, body }) => {
  const signed = `${id}.${String(timestamp)}.${body}`;
  const text = secret.reveal();
  const seed = signingSeed(text);
  return seed
    ? `v1a,${sign(null, Buffer.from(signed), privateKeyOf(seed)).toString('base64')}`
    : `v1,${createHmac('sha256', keyOf(text)).update(signed).digest('base64')}`;
};
