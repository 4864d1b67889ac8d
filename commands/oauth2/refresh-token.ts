import type { Id } from '../../domain/kernel/ids.js';
import type { Ports } from '../ports.js';
import { secretDigest } from './code.js';

const secretBytes = 32;

export interface ParsedRefreshToken {
  readonly grantId: Id<'grant'>;
  readonly generation: number;
  readonly secret: string;
}

/** A new refresh token: `<grantId>.<generation>.<secret>`, with the digest that the grant remembers. */
export const createRefreshToken = (
  ports: Pick<Ports, 'ids' | 'sealer'>,
  grantId: string,
  generation: number,
): { readonly token: string; readonly hash: string } => {
  const secret = ports.ids.randomText(secretBytes);
  return {
    token: `${grantId}.${String(generation)}.${secret}`,
    hash: refreshDigest(ports, grantId, generation, secret),
  };
};

export const refreshDigest = (
  ports: Pick<Ports, 'sealer'>,
  grantId: string,
  generation: number,
  secret: string,
): string => secretDigest(ports, grantId, `${String(generation)}.${secret}`);

export const parseRefreshToken = (token: string): ParsedRefreshToken | null => {
  const match = /^([0-9a-f-]{36})\.(\d{1,7})\.([\w-]{20,200})$/.exec(token);
  return match ? { grantId: match[1] as Id<'grant'>, generation: Number(match[2]), secret: match[3]! } : null;
};
