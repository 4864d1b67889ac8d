import { effectiveGroups, groupTree } from '../../domain/directory/group/effective-groups.js';
import { group } from '../../domain/directory/group/model.js';
import { durationMs } from '../../domain/kernel/duration.js';
import type { Json } from '../../domain/kernel/field.js';
import { claimsFor, subjectFor, type ClaimUser } from '../../domain/provider/oauth2/claims.js';
import {
  accessTokenClaims,
  idTokenClaims,
  type TokenSubject,
} from '../../domain/provider/oauth2/token-claims.js';
import type { Ports, SubjectRecord, UserRecord } from '../ports.js';
import { issuerOf, type Client } from './client.js';
import { refused, type Refused } from './refused.js';

/** Answer of the token endpoint (RFC 6749, 5.1; OpenID Connect Core, 3.1.3.3). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

export interface TokenRequest {
  readonly client: Client;
  readonly user: UserRecord;
  readonly origin: string;
  readonly scopes: readonly string[];
  /** `jti` of the access token; begins with the id of its grant. */
  readonly tokenId: string;
  readonly nonce: string | null;
  readonly authTime: string | null;
  readonly amr: readonly string[];
  readonly sessionId: string | null;
  readonly actor: string | null;
  readonly refreshToken: string | null;
}

/** What claims may say of a person. */
export const claimUser = ({ config }: Pick<Ports, 'config'>, user: UserRecord): ClaimUser => ({
  id: user.id,
  number: user.number,
  username: user.username,
  name: user.name,
  email: user.email,
  attributes: user.attributes,
  groupNames: [...effectiveGroups(groupTree(config), user.groupIds)]
    .flatMap((id) => config.get(group, id)?.values.name ?? [])
    .sort(),
});

/** The subject of a person at a client, or null when the chosen property is empty. */
export const subjectOf = (
  ports: Pick<Ports, 'ids' | 'installId'>,
  client: Client,
  user: ClaimUser,
): string | null =>
  subjectFor(client.provider.values.subjectMode, user, (number) =>
    ports.ids.sha256(`${String(number)}-${ports.installId()}`),
  );

/** Whether the session that a grant came from still lives. */
export const isLive = (subject: SubjectRecord, now: Date): boolean =>
  subject.sessionUntil !== null && subject.sessionUntil > now;

/** `sid` of tokens: a digest, so that a client learns no session id. */
export const sidOf = (ports: Pick<Ports, 'ids'>, sessionId: string | null): string | null =>
  sessionId === null ? null : ports.ids.sha256(`sid ${sessionId}`);

/** Signs the tokens of one answer. Refuses with `server_error` when the client has no key or the person no subject. */
export const issueTokens = async (
  ports: Ports,
  request: TokenRequest,
  now: Date,
): Promise<TokenAnswer | Refused> => {
  const { client, scopes } = request;
  const person = claimUser(ports, request.user);
  const subject = subjectOf(ports, client, person);
  if (client.signingKey === null || subject === null)
    return refused('server_error', 'The client is not configured completely.');
  const lifeSeconds = Math.floor(durationMs(client.provider.values.accessTokenValidity) / 1000);
  const issuedAt = Math.floor(now.getTime() / 1000);
  const token: TokenSubject = {
    issuer: issuerOf(client, request.origin),
    subject,
    clientId: client.provider.values.clientId,
    scopes,
    issuedAt,
    expiresAt: issuedAt + lifeSeconds,
    tokenId: request.tokenId,
    authTime: request.authTime === null ? null : Math.floor(new Date(request.authTime).getTime() / 1000),
    amr: request.amr,
    sid: sidOf(ports, request.sessionId),
    actor: request.actor,
  };
  const accessToken = await ports.signer.sign(client.signingKey, 'at+jwt', accessTokenClaims(token));
  const answer: TokenAnswer = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: lifeSeconds,
    scope: scopes.join(' '),
  };
  const claims: Readonly<Record<string, Json>> = client.provider.values.includeClaimsInIdToken
    ? claimsFor(client.mappings, scopes, person)
    : {};
  return {
    ...answer,
    ...(scopes.includes('openid')
      ? {
          id_token: await ports.signer.sign(
            client.signingKey,
            'JWT',
            idTokenClaims(token, {
              nonce: request.nonce,
              atHash: ports.signer.halfHash(accessToken),
              claims,
            }),
          ),
        }
      : {}),
    ...(request.refreshToken === null ? {} : { refresh_token: request.refreshToken }),
  };
};
