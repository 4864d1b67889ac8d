import { describe, expect, it } from 'vitest';
import { subjectIdentifier, subjectIdentifierSchema } from '../../../domain/ssf/subject-identifier.js';
import { securityEventClaims } from '../../../domain/ssf/security-event.js';
import { isIncluded } from '../../../domain/ssf/subject/stream-subject.js';
import { holdSchedule } from '../../../workers/ssf/hold-schedule.js';

const ada = { iss: 'https://id.example.com/', sub: 'ada-sub', email: 'ada@example.com', userId: 'ada-id' };
const issSub = { format: 'iss_sub', iss: 'https://id.example.com/', sub: 'ada-sub' };

describe('the subject of an event', () => {
  it.each([
    ['iss_sub', issSub],
    ['email', { format: 'email', email: 'ada@example.com' }],
    ['opaque', { format: 'opaque', id: 'ada-id' }],
    ['complex', { format: 'complex', user: issSub }],
  ] as const)('%s', (format, expected) => {
    expect(subjectIdentifier(format, ada, null)).toEqual(expected);
  });

  it('of one session is always complex, so that it is not taken for all of them', () => {
    expect(subjectIdentifier('email', ada, 'the-sid')).toEqual({
      format: 'complex',
      user: { format: 'email', email: 'ada@example.com' },
      session: { format: 'opaque', id: 'the-sid' },
    });
  });

  it('is missing where the person has no such name', () => {
    expect(subjectIdentifier('email', { ...ada, email: '' }, null)).toBeNull();
    expect(subjectIdentifier('iss_sub', { ...ada, sub: null }, 'the-sid')).toBeNull();
  });

  it('that a receiver names is a simple one, or the user of a complex one', () => {
    expect(subjectIdentifierSchema.parse({ format: 'complex', user: issSub, tenant: {} })).toEqual(issSub);
    expect(subjectIdentifierSchema.safeParse({ format: 'phone_number', phone_number: '+1' }).success).toBe(
      false,
    );
    expect(subjectIdentifierSchema.safeParse({ format: 'email' }).success).toBe(false);
  });
});

describe('a security event token', () => {
  it('has the claims of RFC 8417 and SSF, neither sub nor exp', () => {
    expect(
      securityEventClaims({
        issuer: 'https://id.example.com/',
        audience: 'client',
        id: 'the-id',
        issuedAt: new Date('2026-01-02T03:04:05.678Z'),
        transaction: 'deed',
        subject: { format: 'opaque', id: 'ada-id' },
        uri: 'https://example.com/event',
        members: { reason: 'x' },
      }),
    ).toEqual({
      iss: 'https://id.example.com/',
      aud: 'client',
      jti: 'the-id',
      iat: 1767323045,
      txn: 'deed',
      sub_id: { format: 'opaque', id: 'ada-id' },
      events: { 'https://example.com/event': { reason: 'x' } },
    });
  });
});

describe('whom a stream tells of', () => {
  it.each([
    ['ALL', null, true],
    ['ALL', 'removed', false],
    ['ALL', 'added', true],
    ['NONE', null, false],
    ['NONE', 'added', true],
    ['NONE', 'removed', false],
  ] as const)('default %s, choice %s: %s', (defaults, choice, expected) => {
    expect(isIncluded(defaults, choice)).toBe(expected);
  });
});

describe('R5: a receiver that does not answer', () => {
  const after = (attempts: number, ageMs: number): number | null =>
    holdSchedule({ attempts, ageMs, retryAfterMs: null, random: 0.5 });
  const week = 7 * 24 * 60 * 60 * 1000;

  it('is asked again for a week, at least every hour and a half', () => {
    expect([1, 2, 3].map((attempts) => after(attempts, 0))).toEqual([5000, 15_000, 45_000]);
    expect(after(200, week)).toBe(3_600_000);
    expect(after(200, week + 1)).toBeNull();
    expect(after(2, week + 1)).not.toBeNull();
  });
});
