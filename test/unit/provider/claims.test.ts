import { describe, expect, it } from 'vitest';
import { scopeMapping } from '../../../domain/mapping/scope/model.js';
import {
  claimsFor,
  subjectFor,
  type ClaimUser,
  type ScopeMapping,
} from '../../../domain/provider/oauth2/claims.js';
import { subjectModes } from '../../../domain/provider/oauth2/model.js';
import { configOf } from '../../support/config-of.js';

const user: ClaimUser = {
  id: '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f',
  number: 42,
  username: 'jane',
  name: 'Jane Doe',
  email: 'jane@example.com',
  attributes: { department: { name: 'Finance' }, upn: 'jane@corp.example' },
  groupNames: ['staff'],
};

const mapping = (name: string, scopeName: string, claims: Record<string, string>): ScopeMapping => {
  const values = {
    name,
    scopeName,
    description: '',
    claims: Object.entries(claims).map(([claim, source]) => ({ claim, source })),
  };
  return configOf([{ model: scopeMapping, id: name, values }]).get(scopeMapping, name)!;
};

describe('claims of the granted scopes', () => {
  const mappings = [
    mapping('profile', 'profile', { name: 'name', groups: 'groups' }),
    mapping('work', 'work', { department: 'attributes.department.name', missing: 'attributes.nothing.here' }),
  ];

  it('come from the mappings of these scopes only', () => {
    expect(claimsFor(mappings, ['openid', 'profile'], user)).toEqual({ name: 'Jane Doe', groups: ['staff'] });
  });

  it('leave out what the person does not have', () => {
    expect(claimsFor(mappings, ['work'], user)).toEqual({ department: 'Finance' });
  });

  it('of two mappings of one scope, the last one wins', () => {
    const two = [mapping('one', 'x', { nickname: 'name' }), mapping('two', 'x', { nickname: 'username' })];
    expect(claimsFor(two, ['x'], user)).toEqual({ nickname: 'jane' });
  });

  it('E13: a mapping cannot set claims of the protocol', () => {
    const hostile = Object.fromEntries(
      [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'nbf',
        'auth_time',
        'acr',
        'amr',
        'azp',
        'nonce',
        'sid',
        'cnf',
        'client_id',
        'scope',
        'jti',
        'act',
        'may_act',
      ].map((claim) => [claim, 'username']),
    );
    expect(claimsFor([mapping('hostile', 'x', hostile)], ['x'], user)).toEqual({});
  });

  it('G5: prototypes are not attributes', () => {
    const odd = [
      mapping('odd', 'x', { a: 'attributes.__proto__.toString', b: 'attributes.constructor.name' }),
    ];
    expect(claimsFor(odd, ['x'], user)).toEqual({});
  });
});

describe('the subject', () => {
  const hashed = (number: number): string => `hash-${String(number)}`;

  it.each([
    ['hashed_user_id', 'hash-42'],
    ['user_id', '42'],
    ['user_uuid', user.id],
    ['user_username', 'jane'],
    ['user_email', 'jane@example.com'],
    ['user_upn', 'jane@corp.example'],
  ] as const)('%s', (mode, expected) => {
    expect(subjectFor(mode, user, hashed)).toBe(expected);
  });

  it('is never empty', () => {
    const bare = { ...user, email: '', attributes: {} };
    expect(subjectFor('user_email', bare, hashed)).toBeNull();
    expect(subjectFor('user_upn', bare, hashed)).toBe('hash-42');
    expect(subjectModes).toHaveLength(6);
  });
});
