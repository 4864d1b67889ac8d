import { createHmac } from 'node:crypto';
import type { SignWebhook } from '../../commands/ports.js';

const prefix = 'whsec_';
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A secret in the form of the standard stands for the bytes behind it; any other text for itself. */
const keyOf = (secret: string): Buffer => {
  const encoded = secret.slice(prefix.length);
  return secret.startsWith(prefix) && base64.test(encoded)
    ? Buffer.from(encoded, 'base64')
    : Buffer.from(secret, 'utf8');
};

/** Signature of version 1: HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks). */
export const signWebhook: SignWebhook = (secret, { id, timestamp, body }) =>
  `v1,${createHmac('sha256', keyOf(secret.reveal()))
    .update(`${id}.${String(timestamp)}.${body}`)
    .digest('base64')}`;
