import { clientById, issuerOf, publishedKeys, type Client } from '../../commands/oauth2/client.js';
import { serviceAccountId } from '../../commands/oauth2/client-credentials.js';
import { findGrant } from '../../commands/oauth2/find-grant.js';
import { isLive } from '../../commands/oauth2/issue-tokens.js';
import { recordRevokedUse } from '../../commands/oauth2/record-revoked-use.js';
import { mayUseClient } from '../../commands/oauth2/may-use-client.js';
import type { SubjectRecord, UserRecord } from '../../commands/ports.js';
import { isId } from '../../domain/kernel/ids.js';
import { isTokenRevoked } from '../../projections/access/query.js';
import type { FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../http/dependencies.js';
import { upToDate } from '../http/identity.js';
import { clientContext } from './client-authentication.js';

/** An access token that is good now, with whom and what it stands for. */
export interface AccessToken {
  readonly client: Client;
  readonly user: UserRecord;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** The grant it came from; null for a token that a client got for itself. */
  readonly grantId: string | null;
}

/** What is known of a token until an event concerns it. */
interface Held {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly grantId: string | null;
  readonly subject: SubjectRecord;
  readonly sessionId: string | null;
  readonly revoked: boolean;
}

const clientIdIn = (token: string): string | null => {
  try {
    const claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as unknown;
    const id = (claims as Record<string, unknown> | null)?.['client_id'];
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
};

const grantIdOf = (tokenId: string): string | null => {
  const [grantId = '', generation] = tokenId.split('.');
  return generation !== undefined && isId(grantId) ? grantId : null;
};

/** Token, person and session behind verified claims: one query. */
const hold = async (
  dependencies: HttpDependencies,
  client: Client,
  claims: Readonly<Record<string, unknown>>,
): Promise<Held | null> => {
  const { ports, db } = dependencies;
  const tokenId = String(claims['jti']);
  const grantId = grantIdOf(tokenId);
  if (grantId !== null) {
    const record = await findGrant(ports, grantId);
    return (
      record && {
        claims,
        grantId,
        subject: record.subject,
        sessionId: claims['sid'] === undefined ? null : record.state.sessionId,
        revoked: record.revoked,
      }
    );
  }
  const [subject, revoked] = await Promise.all([
    ports.sessions.subject(serviceAccountId(ports, client.provider.id), null),
    isTokenRevoked(db, tokenId),
  ]);
  return subject && { claims, grantId: null, subject, sessionId: null, revoked };
};

/**
 * Verifies an access token of ours (RFC 9068, 4): signature, issuer, audience and times, then what the log says by now of
 * its grant, session, person and application. Null for everything that is not good at this moment. Whoever `presents` a
 * revoked token to get something is recorded; whoever asks about one is not.
 */
export const verifyAccessToken = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  token: string,
  purpose: 'presented' | 'inspected',
): Promise<AccessToken | null> => {
  const { ports } = dependencies;
  const now = ports.clock.now();
  const clientId = clientIdIn(token);
  const client = clientId === null ? null : clientById(ports.config, clientId);
  if (!client) return null;
  const keys = publishedKeys(ports.config, client, now).map((key) => key.values.certificate);
  // Keyed by the keys that count now, so that a key that is withdrawn takes what it signed along.
  const held = await dependencies.credentials.resolve<Held>(
    `access ${ports.ids.sha256(`${token} ${keys.join()}`)}`,
    async () => {
      const verified = ports.signer.verify(token, keys, 'at+jwt');
      return verified && upToDate(dependencies, () => hold(dependencies, client, verified.claims));
    },
    (value) => [
      value.grantId ?? String(value.claims['jti']),
      value.subject.user.id,
      ...(value.sessionId === null ? [] : [value.sessionId]),
    ],
  );
  if (!held) return null;
  const { claims, subject } = held;
  const seconds = now.getTime() / 1000;
  if (
    claims['client_id'] !== clientId ||
    claims['aud'] !== clientId ||
    !isIssuerOf(client, claims['iss']) ||
    typeof claims['exp'] !== 'number' ||
    claims['exp'] <= seconds
  )
    return null;
  if (held.revoked) {
    if (purpose === 'presented')
      await recordRevokedUse(
        ports,
        { userId: subject.user.id, provider: client.provider.id, what: { token: String(claims['jti']) } },
        clientContext(dependencies, request, client),
      );
    return null;
  }
  if (held.sessionId !== null && !isLive(subject, now)) return null;
  if (!mayUseClient(ports, client, subject.user)) return null;
  return {
    client,
    user: subject.user,
    scopes: String(claims['scope']).split(' '),
    claims,
    grantId: held.grantId,
  };
};

/** One installation answers under several names: the path names the client, the signature says that it was us. */
const isIssuerOf = (client: Client, issuer: unknown): boolean =>
  typeof issuer === 'string' && URL.canParse(issuer) && issuerOf(client, new URL(issuer).origin) === issuer;
