import { describe, it, expect } from 'vitest';
import { createUser } from '../../../domain/directory/user/create-user.js';
import { deleteUser } from '../../../domain/directory/user/delete-user.js';
import type { UserEvent } from '../../../domain/directory/user/events.js';
import {
  preparePassword,
  requireSuitablePassword,
  setPassword,
} from '../../../domain/directory/user/set-password.js';
import { updateUser } from '../../../domain/directory/user/update-user.js';
import { user } from '../../../domain/directory/user/user.js';
import { given } from '../../support/given.js';

const userId = '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f' as never;
const profile = {
  userId,
  number: 7,
  username: 'alice',
  name: 'Alice',
  email: 'alice@example.com',
  type: 'internal' as const,
  path: 'users',
  isActive: true,
  attributes: {},
};
const created: UserEvent = { type: 'user.created', data: profile };
const deleted: UserEvent = { type: 'user.deleted', data: { userId, username: 'alice' } };

describe('a user', () => {
  it('is created once', () => {
    given(user)
      .when((state) => createUser(state, profile))
      .then(created);
    given(user, created)
      .when((state) => createUser(state, profile))
      .thenError('ALREADY_EXISTS');
  });

  it('never comes back after deletion', () => {
    given(user, created, deleted)
      .when((state) => createUser(state, profile))
      .thenError('ALREADY_EXISTS');
    given(user, created, deleted)
      .when((state) => updateUser(state, { name: 'x' }))
      .thenError('NOT_FOUND');
    given(user, created, deleted).when(deleteUser).thenError('NOT_FOUND');
  });

  it.each(['/users', 'users/', 'a//b', ''])('refuses the folder %j', (path) => {
    given(user)
      .when((state) => createUser(state, { ...profile, path }))
      .thenError('INVALID_INPUT', 'path');
  });

  it('changes give one event per thing that differs, none when nothing does', () => {
    given(user, created)
      .when((state) => updateUser(state, { name: 'Alice B.', email: 'alice@example.com', isActive: false }))
      .then(
        { type: 'user.renamed', data: { userId, name: 'Alice B.', was: 'Alice' } },
        { type: 'user.deactivated', data: { userId } },
      );
    given(user, created)
      .when((state) => updateUser(state, { username: 'alice', attributes: {} }))
      .then();
  });

  it('accounts of the product are not changed by hand, and the type is not given out', () => {
    const internal: UserEvent = {
      type: 'user.created',
      data: { ...profile, type: 'internal_service_account' },
    };
    given(user, internal)
      .when((state) => updateUser(state, { name: 'x' }))
      .thenError('RESERVED_TYPE');
    given(user, internal)
      .when((state) => setPassword(state, { ref: 'r', version: 1, fingerprint: null }))
      .thenError('RESERVED_TYPE');
    given(user, created)
      .when((state) => updateUser(state, { type: 'internal_service_account' }))
      .thenError('RESERVED_TYPE', 'type');
  });
});

describe('D8: passwords', () => {
  it('keep all their bytes up to 1024, and are refused beyond, never cut', () => {
    expect(preparePassword('a'.repeat(1023))).toHaveLength(1023);
    expect(preparePassword('a'.repeat(1024))).toHaveLength(1024);
    expect(() => preparePassword('a'.repeat(1025))).toThrow();
    expect(() => preparePassword('ä'.repeat(513))).toThrow();
    expect(() => preparePassword('')).toThrow();
  });

  it('are compared in one Unicode form', () => {
    expect(preparePassword('e\u0301')).toBe(preparePassword('\u00e9'));
  });

  it('are neither too short nor the name of their owner', () => {
    const owner = { username: 'Alice-Example', email: 'alice@example.com' };
    expect(() => {
      requireSuitablePassword('seven77', owner);
    }).toThrow('at least 8');
    expect(() => {
      requireSuitablePassword(' alice-EXAMPLE ', owner);
    }).toThrow('user name');
    expect(() => {
      requireSuitablePassword('alice@example.com', owner);
    }).toThrow('user name');
    expect(() => {
      requireSuitablePassword('eight888', owner);
    }).not.toThrow();
  });
});
