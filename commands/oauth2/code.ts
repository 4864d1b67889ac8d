import type { Id } from '../../domain/kernel/ids.js';
import type { PkceChallenge } from '../../domain/provider/oauth2/pkce.js';
import type { Ports } from '../ports.js';

/** What an authorization code stands for. Kept sealed until it expires; the code itself is kept as a digest. */
export interface CodeRecord extends PkceChallenge {
  readonly secretHash: string;
  readonly providerId: Id<'provider'>;
  readonly applicationId: Id<'application'>;
  readonly userId: Id<'user'>;
  readonly sessionId: Id<'session'> | null;
  /** The administrator, when the code was given while impersonating. */
  readonly impersonatorId: Id<'user'> | null;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly nonce: string | null;
  readonly authTime: string;
  readonly amr: readonly string[];
  readonly expiresAt: string;
}

const secretBytes = 32;
const uuidLength = 36;

const keyOf = (grantId: string): string => `code/${grantId}`;

export const secretDigest = ({ sealer }: Pick<Ports, 'sealer'>, grantId: string, secret: string): string =>
  sealer.digest('token', `grant ${grantId}`, secret);

/** A new code: `<grantId>.<secret>`. Redeeming it opens the grant of that id. */
export const createCode = async (ports: Ports, record: Omit<CodeRecord, 'secretHash'>): Promise<string> => {
  const grantId = ports.ids.next('grant');
  const secret = ports.ids.randomText(secretBytes);
  const full: CodeRecord = { ...record, secretHash: secretDigest(ports, grantId, secret) };
  await ports.oneTime.put(keyOf(grantId), ports.sealer.sealState(grantId, full), new Date(record.expiresAt));
  return `${grantId}.${secret}`;
};

export interface ParsedCode {
  readonly grantId: Id<'grant'>;
  readonly secret: string;
}

export const parseCode = (code: string): ParsedCode | null => {
  const grantId = code.slice(0, uuidLength);
  return /^[0-9a-f-]{36}$/.test(grantId) && code[uuidLength] === '.' && code.length <= 200
    ? { grantId: grantId as Id<'grant'>, secret: code.slice(uuidLength + 1) }
    : null;
};

/** The record of a code, when the whole code is right and not expired. It stays until then, so that a second use shows. */
export const findCode = async (ports: Ports, parsed: ParsedCode): Promise<CodeRecord | null> => {
  const sealed = await ports.oneTime.peek(keyOf(parsed.grantId));
  if (sealed === null) return null;
  const record = ports.sealer.openState(parsed.grantId, sealed) as CodeRecord;
  const rightSecret = record.secretHash === secretDigest(ports, parsed.grantId, parsed.secret);
  return rightSecret && new Date(record.expiresAt) > ports.clock.now() ? record : null;
};
