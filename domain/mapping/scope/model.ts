import { list, text } from '../../kernel/field.js';
import { mapping } from '../family.js';
import { protocolClaims } from './protocol-claims.js';

/** The claims that a scope releases, each read from a property of the user. */
export const scopeMapping = mapping.kind('scope', {
  fields: {
    scopeName: text({ max: 200, format: 'scope' }),
    description: text({ min: 0, default: '' }),
    claims: list(
      'ClaimSource',
      { claim: text({ max: 100 }), source: text({ max: 200 }) },
      { key: ['claim'] },
    ),
  },
  rules: [
    {
      fields: ['claims'],
      code: 'PROTOCOL_CLAIM',
      message: 'A mapping cannot set a claim that the protocol defines.',
      holds: (state) => state.claims.every((item) => !protocolClaims.has(item.claim)),
    },
    {
      fields: ['claims'],
      code: 'CLAIM_SOURCE',
      message:
        'A source is a property of the user: username, name, email, email_verified, groups, uuid, upn, or attributes.<path>.',
      holds: (state) => state.claims.every((item) => isClaimSource(item.source)),
    },
  ],
  list: { columns: ['name', 'scopeName'], search: ['name', 'scopeName'], order: ['name', 'scopeName'] },
});

const properties = ['username', 'name', 'email', 'email_verified', 'groups', 'uuid', 'upn'];

const isClaimSource = (source: string): boolean =>
  properties.includes(source) || /^attributes(\.[^.]+)+$/.test(source);
