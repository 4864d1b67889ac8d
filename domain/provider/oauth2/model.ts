import { choice, choices, duration, flag, list, maybeRef, refs, secret, text } from '../../kernel/field.js';
import { provider } from '../family.js';

export const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
export type GrantType = (typeof grantTypes)[number];

export const subjectModes = [
  'hashed_user_id',
  'user_id',
  'user_uuid',
  'user_username',
  'user_email',
  'user_upn',
] as const;
export type SubjectMode = (typeof subjectModes)[number];

/** OAuth 2.0 and OpenID Connect for one client. */
export const oauth2Provider = provider.kind('oauth2', {
  typeName: 'OAuth2Provider',
  fields: {
    clientType: choice('ClientType', ['confidential', 'public'], { default: 'confidential' }),
    clientId: text({ min: 0, max: 255, default: '' }),
    clientSecret: secret({ nullable: true, generated: true }),
    /** Set while two secrets are valid: the one before, until `previousSecretExpiresAt`. */
    redirectUris: list(
      'RedirectUri',
      {
        matchingMode: choice('RedirectMatching', ['strict', 'regex'], { default: 'strict' }),
        url: text({ max: 2000 }),
        type: choice('RedirectType', ['authorization', 'logout'], { default: 'authorization' }),
      },
      { key: ['url', 'type'] },
    ),
    grantTypes: choices('GrantType', grantTypes, { default: ['authorization_code', 'refresh_token'] }),
    scopes: refs('mapping.scope'),
    signingKey: maybeRef('certificate', { onDelete: 'restrict' }),
    subjectMode: choice('SubjectMode', subjectModes, { default: 'hashed_user_id' }),
    issuerMode: choice('IssuerMode', ['per_provider', 'global'], { default: 'per_provider' }),
    includeClaimsInIdToken: flag({ default: true }),
    accessCodeValidity: duration({ default: 'minutes=1' }),
    accessTokenValidity: duration({ default: 'hours=1' }),
    refreshTokenValidity: duration({ default: 'days=30' }),
  },
});
