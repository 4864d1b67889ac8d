import { z } from 'zod';
import { grant, openGrant, revokeGrant } from '../../domain/access/grant/grant.js';
import { durationMs } from '../../domain/kernel/duration.js';
import { anybody } from '../../domain/kernel/rights.js';
import { checkVerifier } from '../../domain/provider/oauth2/pkce.js';
import { defineCommand } from '../command.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Client } from './client.js';
import { findCode, type CodeRecord, type ParsedCode } from './code.js';
import { mayUseClient } from './may-use-client.js';
import { isLive, issueTokens, type TokenAnswer } from './issue-tokens.js';
import { createRefreshToken } from './refresh-token.js';
import { isRefused, refused, type Refused } from './refused.js';

export interface RedeemCode {
  readonly client: Client;
  readonly code: ParsedCode;
  readonly redirectUri: string | null;
  readonly verifier: string | null;
  readonly origin: string;
}

const invalid = refused('invalid_grant', 'The authorization code is not valid.');

/** The code was redeemed before: everything that came of it ends (RFC 6749, 4.1.2). */
const endFamily = async (unit: UnitOfWork, input: RedeemCode): Promise<Refused> => {
  const state = await unit.load(grant, input.code.grantId);
  unit.append('grant', input.code.grantId, revokeGrant(state, 'code_reused'));
  unit.record({
    type: 'activity.request.refused',
    data: {
      code: 'code_reused',
      subject: state.status === 'live' ? state.userId : input.client.provider.id,
      userId: state.status === 'live' ? state.userId : null,
      detail: { provider: input.client.provider.id, grant: input.code.grantId },
    },
  });
  return invalid;
};

const check = (unit: UnitOfWork, input: RedeemCode, record: CodeRecord): Refused | null => {
  if (record.providerId !== input.client.provider.id) return invalid;
  if (record.redirectUri !== input.redirectUri)
    return refused('invalid_grant', 'The redirect address is not the one of the authorization request.');
  const verdict = checkVerifier(record, input.verifier, (text) => unit.ports.ids.sha256Base64Url(text));
  return verdict === 'ok' ? null : refused(verdict, 'The code verifier is not valid.');
};

/**
 * Redeems an authorization code for tokens (RFC 6749, 4.1.3). Appends `grant.opened` as the first event of the grant; a
 * second redemption appends `grant.revoked` instead.
 */
export const redeemCodeCommand = defineCommand({
  name: 'redeemCode',
  input: z.custom<RedeemCode>(() => true),
  access: anybody('the code and the client are the credentials'),
  run: async (unit, input): Promise<TokenAnswer | Refused> => {
    const { ports } = unit;
    const record = await findCode(ports, input.code);
    if (!record) return invalid;
    if (unit.attempt > 1) return endFamily(unit, input);
    const fault = check(unit, input, record);
    if (fault) return fault;
    const subject = await ports.sessions.subject(record.userId, record.sessionId);
    if (!subject || !isLive(subject, unit.now) || !mayUseClient(ports, input.client, subject.user))
      return invalid;
    const { grantId } = input.code;
    const { values } = input.client.provider;
    // What is given while impersonating ends with the impersonation.
    const withRefresh =
      record.scopes.includes('offline_access') &&
      values.grantTypes.includes('refresh_token') &&
      record.impersonatorId === null;
    const refresh = withRefresh ? createRefreshToken(ports, grantId, 0) : null;
    const endsAt = new Date(
      unit.now.getTime() + durationMs(refresh ? values.refreshFamilyValidity : values.accessTokenValidity),
    );
    const refreshEnd = new Date(
      Math.min(unit.now.getTime() + durationMs(values.refreshTokenValidity), endsAt.getTime()),
    );
    const answer = await issueTokens(
      ports,
      {
        client: input.client,
        user: subject.user,
        origin: input.origin,
        scopes: record.scopes,
        tokenId: `${grantId}.0`,
        nonce: record.nonce,
        authTime: record.authTime,
        amr: record.amr,
        sessionId: record.sessionId,
        actor: record.impersonatorId,
        refreshToken: refresh?.token ?? null,
      },
      unit.now,
    );
    if (isRefused(answer)) return answer;
    unit.append(
      'grant',
      grantId,
      openGrant(
        { status: 'absent' },
        {
          grantId,
          userId: record.userId,
          providerId: record.providerId,
          applicationId: record.applicationId,
          sessionId: record.sessionId,
          scopes: [...record.scopes],
          authTime: record.authTime,
          amr: [...record.amr],
          refreshHash: refresh?.hash ?? null,
          refreshExpiresAt: refresh ? refreshEnd.toISOString() : null,
          endsAt: endsAt.toISOString(),
        },
      ),
    );
    return answer;
  },
});
