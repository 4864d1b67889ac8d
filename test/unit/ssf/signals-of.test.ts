import { describe, expect, it } from 'vitest';
import type { EventMeta, RecordedEvent } from '../../../domain/kernel/event.js';
import { erased } from '../../../domain/kernel/erased.js';
import { eventUri, signalTypeOf, signalTypes } from '../../../domain/ssf/event-types.js';
import { signalsOf } from '../../../domain/ssf/signals-of.js';

const userId = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f';
const sessionId = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e10';
const at = new Date('2026-01-02T03:04:05.678Z');

const recorded = (
  type: string,
  data: Record<string, unknown>,
  meta: Partial<EventMeta> = {},
): RecordedEvent => ({
  type,
  data: { userId, ...data },
  position: 7n,
  stream: 'a-b',
  revision: 0,
  id: 'the-event',
  version: 1,
  at,
  recordedAt: at,
  meta: {
    commandId: 'the-command',
    actor: { type: 'system', id: 'test', label: null },
    onBehalfOf: null,
    via: 'system',
    ...meta,
  } as EventMeta,
});

/** What an event tells, without what every event has. */
const told = (type: string, data: Record<string, unknown> = {}): unknown[] =>
  signalsOf(recorded(type, data)).map(({ type: kind, sessionId: session, members, changed }) => {
    const general = ['event_timestamp', 'initiating_entity'];
    const rest = Object.fromEntries(Object.entries(members).filter(([name]) => !general.includes(name)));
    return [kind, session, rest, changed];
  });

describe('what an event of the log means to receivers', () => {
  it.each<[string, Record<string, unknown>, unknown[]]>([
    [
      'session.started',
      { sessionId, amr: ['pwd'], authMethod: 'password' },
      [['caep_session_established', sessionId, { amr: ['pwd'] }, []]],
    ],
    [
      'session.started',
      { sessionId, amr: [], authMethod: 'recovery_key' },
      [
        ['caep_session_established', sessionId, {}, []],
        ['risc_recovery_activated', null, {}, []],
      ],
    ],
    [
      'session.ended',
      { sessionId, reason: 'logout' },
      [['caep_session_revoked', sessionId, { reason_admin: { en: 'The person signed out.' } }, []]],
    ],
    [
      'session.ended',
      { sessionId, reason: 'user_deactivated' },
      [
        ['caep_session_revoked', sessionId, { reason_admin: { en: 'The account was deactivated.' } }, []],
        ['risc_sessions_revoked', null, {}, []],
      ],
    ],
    ['grant.opened', { sessionId }, [['caep_session_presented', sessionId, {}, []]]],
    ['grant.opened', { sessionId: null }, []],
    ['grant.refreshed', {}, []],
    [
      'user.password.changed',
      {},
      [['caep_credential_change', null, { credential_type: 'password', change_type: 'update' }, []]],
    ],
    ['membership.granted', {}, [['caep_token_claims_change', null, {}, ['groups']]]],
    ['membership.revoked', {}, [['caep_token_claims_change', null, {}, ['groups']]]],
    ['user.username.changed', {}, [['caep_token_claims_change', null, {}, ['username']]]],
    ['user.renamed', {}, [['caep_token_claims_change', null, {}, ['name']]]],
    [
      'user.email.changed',
      { was: 'a@example.com', email: 'b@example.com' },
      [
        ['risc_identifier_changed', null, {}, []],
        ['caep_token_claims_change', null, {}, ['email']],
      ],
    ],
    [
      'user.email.changed',
      { was: '', email: 'b@example.com' },
      [['caep_token_claims_change', null, {}, ['email']]],
    ],
    [
      'user.attributes.changed',
      { was: { a: 1, same: { x: 1 }, upn: 'old' }, attributes: { b: 1, same: { x: 1 }, upn: 'new' } },
      [['caep_token_claims_change', null, {}, ['attributes.a', 'attributes.b', 'attributes.upn', 'upn']]],
    ],
    ['user.attributes.changed', { was: erased, attributes: erased }, []],
    ['user.deactivated', {}, [['risc_account_disabled', null, {}, []]]],
    ['user.activated', {}, [['risc_account_enabled', null, {}, []]]],
    ['user.deleted', {}, [['risc_account_purged', null, {}, []]]],
    ['token.created', { intent: 'recovery' }, [['risc_recovery_information_changed', null, {}, []]]],
    ['token.created', { intent: 'api' }, []],
    ['user.created', {}, []],
    ['session.impersonation.started', {}, []],
    ['application.created', {}, []],
  ])('%s %j', (type, data, expected) => {
    expect(told(type, data)).toEqual(expected);
  });

  it('an event that cannot be read means nothing', () => {
    expect(signalsOf({ ...recorded('user.deleted', {}), unreadable: 'damaged' })).toEqual([]);
  });

  it('CAEP events say when, in seconds, and who set it off', () => {
    const initiator = (meta: Partial<EventMeta>): unknown =>
      signalsOf(recorded('user.password.changed', {}, meta))[0]!.members['initiating_entity'];
    const [signal] = signalsOf(recorded('user.password.changed', {}));
    expect(signal!.members['event_timestamp']).toBe(1767323045);
    const self = { type: 'user', id: userId, label: null } as const;
    const other = { type: 'user', id: 'another', label: null } as const;
    expect(initiator({ actor: self })).toBe('user');
    expect(initiator({ actor: { type: 'anonymous', id: 'anonymous', label: null }, via: 'flow' })).toBe(
      'user',
    );
    expect(initiator({ actor: other })).toBe('admin');
    expect(initiator({ actor: other, onBehalfOf: self })).toBe('admin');
    expect(initiator({ actor: { type: 'cli', id: 'shell', label: null } })).toBe('admin');
    expect(initiator({ actor: { type: 'system', id: 'job', label: null } })).toBe('system');
  });

  it('of the end of all sessions one event leaves for each person and command', () => {
    const keys = ['first', 'second'].map((id) =>
      signalsOf({ ...recorded('session.ended', { sessionId: id, reason: 'user_deleted' }), id }).map(
        ({ key }) => key,
      ),
    );
    expect(keys[0]![0]).not.toBe(keys[1]![0]);
    expect(keys[0]![1]).toBe(keys[1]![1]);
  });
});

describe('names of events', () => {
  it('are those of the profiles, and lead back', () => {
    expect(eventUri('caep_token_claims_change')).toBe(
      'https://schemas.openid.net/secevent/caep/event-type/token-claims-change',
    );
    expect(eventUri('risc_recovery_information_changed')).toBe(
      'https://schemas.openid.net/secevent/risc/event-type/recovery-information-changed',
    );
    for (const type of signalTypes) expect(signalTypeOf(eventUri(type))).toBe(type);
    expect(signalTypeOf('https://example.com/unknown')).toBeNull();
  });
});
