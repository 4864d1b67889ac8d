import type { ConfigObject } from '../../kernel/config-view.js';
import type { Json } from '../../kernel/field.js';
import type { StateOf } from '../../kernel/model.js';
import type { scopeMapping } from '../../mapping/scope/model.js';
import { protocolClaims } from '../../mapping/scope/protocol-claims.js';
import type { OAuth2ProviderState } from './rotate-client-secret.js';

export type ScopeMapping = ConfigObject<StateOf<(typeof scopeMapping)['fields']>>;

/** What mappings may read of a person. */
export interface ClaimUser {
  readonly id: string;
  readonly number: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly groupNames: readonly string[];
}

const attributeAt = (
  attributes: Readonly<Record<string, unknown>>,
  path: readonly string[],
): Json | undefined => {
  let value: unknown = attributes;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value as Json;
};

const valueOf = (source: string, user: ClaimUser): Json | undefined => {
  switch (source) {
    case 'username':
      return user.username;
    case 'name':
      return user.name;
    case 'email':
      return user.email;
    case 'email_verified':
      // True only once a step has verified the address; none exists yet.
      return false;
    case 'groups':
      return user.groupNames;
    case 'uuid':
      return user.id;
    case 'upn':
      return attributeAt(user.attributes, ['upn']);
    default:
      return source.startsWith('attributes.')
        ? attributeAt(user.attributes, source.split('.').slice(1))
        : undefined;
  }
};

/** Claims that the granted scopes release; what a person does not have is left out. The last mapping wins. */
export const claimsFor = (
  mappings: readonly ScopeMapping[],
  scopes: readonly string[],
  user: ClaimUser,
): Record<string, Json> => {
  const claims: Record<string, Json> = {};
  for (const mapping of mappings)
    if (scopes.includes(mapping.values.scopeName))
      for (const { claim, source } of mapping.values.claims) {
        const value = valueOf(source, user);
        if (value !== undefined && !protocolClaims.has(claim)) claims[claim] = value;
      }
  return claims;
};

/**
 * The `sub` of a person at a client (OpenID Connect Core, 8). Null when the chosen property is empty: nobody may become
 * the same empty subject as somebody else.
 */
export const subjectFor = (
  mode: OAuth2ProviderState['subjectMode'],
  user: ClaimUser,
  hashedId: (number: number) => string,
): string | null => {
  switch (mode) {
    case 'hashed_user_id':
      return hashedId(user.number);
    case 'user_id':
      return String(user.number);
    case 'user_uuid':
      return user.id;
    case 'user_username':
      return user.username;
    case 'user_email':
      return user.email === '' ? null : user.email;
    case 'user_upn': {
      const upn = attributeAt(user.attributes, ['upn']);
      return typeof upn === 'string' && upn !== '' ? upn : hashedId(user.number);
    }
  }
};
