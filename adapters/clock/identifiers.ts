import { createHash, randomBytes } from 'node:crypto';
import type { Identifiers } from '../../commands/ports.js';
import type { Id } from '../../domain/kernel/ids.js';
import { pooledBytes } from '../random/pooled-bytes.js';

/** Name space of all named UUIDs of the product (RFC 9562, version 5). */
const namespace = Buffer.from('6f1d7f0a4c3b5e8f9a2d1b0c7e6f5a43', 'hex');

const format = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};

const stamp = (bytes: Buffer, version: number): Buffer => {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
};

/** UUID version 7 (time-ordered) and 5 (named), random texts, SHA-256. */
export const identifiers: Identifiers = {
  next: <Kind extends string>() => {
    const bytes = pooledBytes(16);
    bytes.writeUIntBE(Date.now(), 0, 6);
    return format(stamp(bytes, 7)) as Id<Kind>;
  },
  named: <Kind extends string>(_kind: Kind, name: string) =>
    format(stamp(createHash('sha1').update(namespace).update(name).digest().subarray(0, 16), 5)) as Id<Kind>,
  randomText: (bytes) => randomBytes(bytes).toString('base64url'),
  sha256Base64Url: (text) => createHash('sha256').update(text).digest('base64url'),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
