import { describe, expect, it } from 'vitest';
import type { GrantEvent } from '../../../domain/access/grant/events.js';
import {
  grant,
  judgeRefreshToken,
  openGrant,
  refreshGrant,
  revokeGrant,
  type LiveGrant,
} from '../../../domain/access/grant/grant.js';
import { fold } from '../../../domain/kernel/event.js';
import { given } from '../../support/given.js';

const grantId = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f' as LiveGrant['id'];
const userId = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e10' as LiveGrant['userId'];
const now = new Date('2026-06-01T00:00:00Z');
const later = (days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString();

const opened = {
  type: 'grant.opened',
  data: {
    grantId,
    userId,
    providerId: 'p' as LiveGrant['providerId'],
    applicationId: 'a' as LiveGrant['applicationId'],
    sessionId: null,
    scopes: ['openid', 'offline_access'],
    authTime: now.toISOString(),
    amr: ['pwd'],
    refreshHash: 'hash 0',
    refreshExpiresAt: later(30),
    endsAt: later(40),
  },
} satisfies GrantEvent;

const refreshed = (generation: number): GrantEvent => ({
  type: 'grant.refreshed',
  data: {
    grantId,
    userId,
    generation,
    refreshHash: `hash ${String(generation)}`,
    refreshExpiresAt: later(30),
  },
});

const live = (...events: GrantEvent[]): LiveGrant => fold(grant, [opened, ...events]) as LiveGrant;

describe('a code', () => {
  it('opens a grant once', () => {
    given(grant)
      .when((state) => openGrant(state, opened.data))
      .then(opened);
    given(grant, opened)
      .when((state) => openGrant(state, opened.data))
      .thenError('ALREADY_EXISTS');
  });
});

describe('a refresh token', () => {
  it.each([
    ['the present one', 1, 'hash 1', 'valid'],
    ['the one before', 0, 'hash 0', 'reused'],
    ['one that was never issued', 2, 'hash 2', 'invalid'],
    ['the present number with another secret', 1, 'guess', 'invalid'],
  ])('%s is %4$s', (_name, generation, hash, verdict) => {
    expect(judgeRefreshToken(live(refreshed(1)), { generation, hash }, now)).toBe(verdict);
  });

  it('expires by its own life and by that of the family', () => {
    const presented = { generation: 0, hash: 'hash 0' };
    expect(judgeRefreshToken(live(), presented, new Date(later(29)))).toBe('valid');
    expect(judgeRefreshToken(live(), presented, new Date(later(31)))).toBe('invalid');
  });

  it('never lives longer than its family', () => {
    const [event] = refreshGrant(live(), { hash: 'hash 1', expiresAt: new Date(later(60)) });
    expect(event).toMatchObject({ data: { generation: 1, refreshExpiresAt: later(40) } });
  });

  it('of a revoked grant is worth nothing, and revoking twice says it once', () => {
    const [revoked] = revokeGrant(live(), 'revoked');
    const ended = fold(grant, [opened, revoked!]);
    expect(judgeRefreshToken(ended, { generation: 0, hash: 'hash 0' }, now)).toBe('invalid');
    expect(revokeGrant(ended, 'revoked')).toEqual([]);
  });
});
