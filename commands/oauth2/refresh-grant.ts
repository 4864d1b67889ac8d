import { z } from 'zod';
import {
  grant,
  judgeRefreshToken,
  refreshGrant,
  revokeGrant,
  type Grant,
} from '../../domain/access/grant/grant.js';
import { durationMs } from '../../domain/kernel/duration.js';
import { anybody } from '../../domain/kernel/rights.js';
import type { GrantEvent } from '../../domain/access/grant/events.js';
import { defineCommand, type CommandContext } from '../command.js';
import { execute } from '../pipeline.js';
import type { GrantRecord, Ports } from '../ports.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { Client } from './client.js';
import { findGrant } from './find-grant.js';
import { isLive, issueTokens, type TokenAnswer } from './issue-tokens.js';
import { mayUseClient } from './may-use-client.js';
import { recordRevokedUse } from './record-revoked-use.js';
import { createRefreshToken, refreshDigest, type ParsedRefreshToken } from './refresh-token.js';
import { isRefused, refused, type Refused } from './refused.js';

export interface RefreshGrant {
  readonly client: Client;
  readonly token: ParsedRefreshToken;
  /** Scopes asked for, or null for all of the grant. */
  readonly scopes: readonly string[] | null;
  readonly origin: string;
}

/** A client whose answer was lost may ask again within this time and gets the same answer. */
const graceMs = 10_000;

const invalid = refused('invalid_grant', 'The refresh token is not valid.');

/** Id under which the answer to one refresh token is remembered. */
const refreshCommandId = (
  { ids, sealer }: Pick<Ports, 'ids' | 'sealer'>,
  token: ParsedRefreshToken,
): string =>
  ids.named('command', `refresh/${refreshDigest({ sealer }, token.grantId, token.generation, token.secret)}`);

/** Where the grant stands: as the read model tells, or, when that does not fit the token, as the log does. */
const loadGrant = async (
  unit: UnitOfWork,
  input: RefreshGrant,
  record: GrantRecord,
): Promise<{ state: Grant; revision: number }> => {
  if (unit.attempt === 1 && record.state.generation === input.token.generation) return record;
  const state = await unit.load(grant, input.token.grantId);
  return { state, revision: unit.revisionOf(`grant-${input.token.grantId}`) };
};

/** Whether a token of an earlier generation is one that the grant really issued: guessing must not end a family. */
const wasIssued = async (unit: UnitOfWork, input: RefreshGrant, hash: string): Promise<boolean> => {
  const events = (await unit.events(`grant-${input.token.grantId}`)) as unknown as readonly GrantEvent[];
  return events.some((event) => event.type !== 'grant.revoked' && event.data.refreshHash === hash);
};

/** The answer that the same token got a moment ago, while it is remembered. */
const rememberedAnswer = async (unit: UnitOfWork): Promise<TokenAnswer | null> => {
  const known = await unit.ports.store.findCommand(unit.commandId);
  if (!known || known.command.expiresAt <= unit.now) return null;
  return unit.ports.sealer.openResult(known.command.id, known.command.sealedResult) as TokenAnswer;
};

/** What became of a refresh token: an answer, a refusal, or a misuse that must not be told under the same command. */
type RefreshOutcome =
  | TokenAnswer
  | Refused
  | { readonly misuse: 'reused' }
  | { readonly misuse: 'revoked'; readonly userId: string };

const refreshGrantCommand = defineCommand({
  name: 'refreshGrant',
  input: z.custom<RefreshGrant>(() => true),
  access: anybody('the refresh token and the client are the credentials'),
  repeatsSafely: true,
  rememberMs: graceMs,
  run: async (unit, input): Promise<RefreshOutcome> => {
    const { ports } = unit;
    const { token, client } = input;
    const record = await findGrant(ports, token.grantId, token.generation);
    if (record?.state.providerId !== client.provider.id) return invalid;
    if (record.revoked) return { misuse: 'revoked', userId: record.state.userId };
    const { state, revision } = await loadGrant(unit, input, record);
    const presented = {
      generation: token.generation,
      hash: refreshDigest(ports, token.grantId, token.generation, token.secret),
    };
    const verdict = judgeRefreshToken(state, presented, unit.now);
    if (verdict === 'reused')
      return (
        (await rememberedAnswer(unit)) ??
        ((await wasIssued(unit, input, presented.hash)) ? { misuse: 'reused' } : invalid)
      );
    if (verdict === 'invalid' || state.status !== 'live') return invalid;
    if (!mayUseClient(ports, client, record.subject.user)) return invalid;
    if (input.scopes?.some((scope) => !state.scopes.includes(scope)))
      return refused('invalid_scope', 'The scope is wider than what was granted.');
    const next = createRefreshToken(ports, token.grantId, state.generation + 1);
    const answer = await issueTokens(
      ports,
      {
        client,
        user: record.subject.user,
        origin: input.origin,
        scopes: input.scopes ?? state.scopes,
        tokenId: `${token.grantId}.${String(state.generation + 1)}`,
        nonce: null,
        authTime: state.authTime,
        amr: state.amr,
        sessionId: isLive(record.subject, unit.now) ? state.sessionId : null,
        actor: null,
        refreshToken: next.token,
      },
      unit.now,
    );
    if (isRefused(answer)) return answer;
    const expiresAt = new Date(unit.now.getTime() + durationMs(client.provider.values.refreshTokenValidity));
    unit.appendAt('grant', token.grantId, revision, refreshGrant(state, { hash: next.hash, expiresAt }));
    return answer;
  },
});

const endReusedGrantCommand = defineCommand({
  name: 'endReusedGrant',
  input: z.custom<RefreshGrant>(() => true),
  access: anybody('the refresh token and the client are the credentials'),
  run: async (unit, input): Promise<Refused> => {
    const state = await unit.load(grant, input.token.grantId);
    unit.append('grant', input.token.grantId, revokeGrant(state, 'refresh_reused'));
    if (state.status === 'live')
      unit.record({
        type: 'activity.request.refused',
        data: {
          code: 'refresh_token_reused',
          subject: state.userId,
          userId: state.userId,
          detail: { provider: input.client.provider.id, grant: input.token.grantId },
        },
      });
    return invalid;
  },
});

/**
 * Exchanges a refresh token for new tokens and the next refresh token (RFC 6749, 6; RFC 9700, 4.14). Appends
 * `grant.refreshed`. A token that was used before gets the same answer for ten seconds, after that it ends the family:
 * `grant.revoked`.
 */
export const refreshTokens = async (
  ports: Ports,
  input: RefreshGrant,
  context: CommandContext,
): Promise<TokenAnswer | Refused> => {
  const { output } = await execute(ports, refreshGrantCommand, input, {
    ...context,
    commandId: refreshCommandId(ports, input.token),
  });
  if (!('misuse' in output)) return output;
  if (output.misuse === 'reused') return (await execute(ports, endReusedGrantCommand, input, context)).output;
  await recordRevokedUse(
    ports,
    { userId: output.userId, provider: input.client.provider.id, what: { grant: input.token.grantId } },
    context,
  );
  return invalid;
};
