import { describe, it } from 'vitest';
import type { SessionEvent } from '../../../domain/access/session/events.js';
import { endSession, session, startSession } from '../../../domain/access/session/session.js';
import { revokeToken, token, useRecoveryToken } from '../../../domain/access/token/token.js';
import type { TokenEvent } from '../../../domain/access/token/events.js';
import { given } from '../../support/given.js';

const sessionId = 's' as never;
const userId = 'u' as never;
const data = {
  sessionId,
  userId,
  tokenHash: 'h',
  authMethod: 'password',
  authMethodArgs: {},
  amr: ['pwd'],
  persistent: false,
  expiresAt: '2026-01-02T00:00:00.000Z',
};
const started: SessionEvent = { type: 'session.started', data };
const ended: SessionEvent = { type: 'session.ended', data: { sessionId, userId, reason: 'logout' } };

describe('a session', () => {
  it('starts once', () => {
    given(session)
      .when((state) => startSession(state, data))
      .then(started);
    given(session, started)
      .when((state) => startSession(state, data))
      .thenError('ALREADY_EXISTS');
  });

  it('ends once, with the impersonation it carries', () => {
    given(session, started)
      .when((state) => endSession(state, 'logout'))
      .then(ended);
    given(session, started, ended)
      .when((state) => endSession(state, 'revoked'))
      .then();
    given(session, started, {
      type: 'session.impersonation.started',
      data: { sessionId, userId, targetId: 't' as never, expiresAt: '2026-01-01T01:00:00.000Z' },
    })
      .when((state) => endSession(state, 'logout'))
      .then(
        {
          type: 'session.impersonation.ended',
          data: { sessionId, userId, targetId: 't' as never, cause: 'session_ended' },
        },
        ended,
      );
  });
});

describe('a recovery key', () => {
  const tokenId = 't' as never;
  const created = (
    over: Partial<Extract<TokenEvent, { type: 'token.created' }>['data']> = {},
  ): TokenEvent => ({
    type: 'token.created',
    data: {
      tokenId,
      userId,
      intent: 'recovery',
      identifier: 'i',
      description: '',
      keyHash: 'h',
      expiresAt: '2026-01-02T00:00:00.000Z',
      ...over,
    },
  });
  const now = new Date('2026-01-01T00:00:00.000Z');
  const used: TokenEvent = { type: 'token.used', data: { tokenId, userId } };

  it('works once, until it expires, and is of its own kind', () => {
    given(token, created())
      .when((state) => useRecoveryToken(state, now))
      .then(used);
    given(token, created(), used)
      .when((state) => useRecoveryToken(state, now))
      .thenError('NOT_FOUND');
    given(token, created())
      .when((state) => useRecoveryToken(state, new Date('2026-01-02T00:00:00.000Z')))
      .thenError('NOT_FOUND');
    given(token, created({ intent: 'api' }))
      .when((state) => useRecoveryToken(state, now))
      .thenError('NOT_FOUND');
    given(token)
      .when((state) => useRecoveryToken(state, now))
      .thenError('NOT_FOUND');
  });

  it('is revoked once', () => {
    given(token, created())
      .when(revokeToken)
      .then({ type: 'token.revoked', data: { tokenId, userId, cause: 'revoked' } });
    given(token, created(), used).when(revokeToken).thenError('NOT_FOUND');
  });
});
