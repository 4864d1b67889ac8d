import { z } from 'zod';
import { user as userAggregate } from '../../domain/directory/user/user.js';
import { durationMs } from '../../domain/kernel/duration.js';
import type { Id } from '../../domain/kernel/ids.js';
import { anybody } from '../../domain/kernel/rights.js';
import { defineCommand } from '../command.js';
import { stageNewUser } from '../directory/stage-user.js';
import type { Ports, UserRecord } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Client } from './client.js';
import { issueTokens, type TokenAnswer } from './issue-tokens.js';
import { mayUseClient } from './may-use-client.js';
import { isRefused, refused, type Refused } from './refused.js';

export interface ClientCredentials {
  readonly client: Client;
  readonly scopes: readonly string[];
  readonly origin: string;
}

export interface MachineTokens {
  readonly answer: TokenAnswer;
  /** The client's account was made just now, and the read models may not show it yet. */
  readonly accountIsNew: boolean;
}

/** Id of the account that stands for a client which acts for itself. */
export const serviceAccountId = ({ ids }: Pick<Ports, 'ids'>, providerId: string): Id<'user'> =>
  ids.named('user', `client_credentials/${providerId}`);

/** The account that stands for a client. It is made at its first token; one that was deleted does not come back. */
const serviceAccount = async (
  unit: UnitOfWork,
  { provider }: Client,
): Promise<{ readonly user: UserRecord; readonly isNew: boolean } | null> => {
  const id = serviceAccountId(unit.ports, provider.id);
  const known = await unit.ports.users.byId(id);
  if (known) return { user: known, isNew: false };
  const state = await unit.load(userAggregate, id);
  if (state.status === 'deleted') return null;
  if (state.status === 'present') return { user: { ...state, groupIds: [] }, isNew: true };
  const profile = {
    username: `ak-${provider.values.name}-client_credentials`.slice(0, 150),
    name: `Service account of ${provider.values.name}`.slice(0, 200),
    email: '',
    type: 'internal_service_account' as const,
    path: 'goauthentik.io/service-accounts',
    isActive: true,
    attributes: {},
  };
  const { number } = await stageNewUser(unit, profile, id);
  return { user: { ...profile, id, number, credential: null, groupIds: [] }, isNew: true };
};

/**
 * Tokens for a client itself (RFC 6749, 4.4). Appends `activity.token.issued`. Refuses when the client's own account is
 * inactive or may not use the application.
 */
export const clientCredentialsCommand = defineCommand({
  name: 'clientCredentials',
  input: z.custom<ClientCredentials>(() => true),
  access: anybody('the client secret is the credential'),
  run: async (unit, { client, scopes, origin }): Promise<MachineTokens | Refused> => {
    const { ports } = unit;
    if (
      client.provider.values.clientType === 'public' ||
      !client.provider.values.grantTypes.includes('client_credentials')
    )
      return refused('unauthorized_client', 'The client may not use this grant.');
    const account = await serviceAccount(unit, client);
    if (!account || !mayUseClient(ports, client, account.user))
      return refused('invalid_grant', 'The account of this client may not use the application.');
    unit.actAs({ type: 'user', id: account.user.id, label: account.user.username });
    const tokenId = ports.ids.next('token');
    const answer = await issueTokens(
      ports,
      {
        client,
        user: account.user,
        origin,
        scopes,
        tokenId,
        nonce: null,
        authTime: null,
        amr: [],
        sessionId: null,
        actor: null,
        refreshToken: null,
      },
      unit.now,
    );
    if (isRefused(answer)) return answer;
    unit.record({
      type: 'activity.token.issued',
      data: {
        tokenId,
        userId: account.user.id,
        providerId: client.provider.id as never,
        applicationId: client.application.id as never,
        scopes: [...scopes],
        expiresAt: new Date(
          unit.now.getTime() + durationMs(client.provider.values.accessTokenValidity),
        ).toISOString(),
      },
    });
    return { answer, accountIsNew: account.isNew };
  },
});
