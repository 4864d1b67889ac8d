import { choice, choices, duration, flag, list, maybeRef, refs, secret, text } from '../../kernel/field.js';
import { provider } from '../family.js';
import { secretRotated } from './secret-rotated.js';

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

/** OAuth 2.0 and OpenID Connect for one client. */
export const oauth2Provider = provider.kind('oauth2', {
  typeName: 'OAuth2Provider',
  fields: {
    clientType: choice('ClientType', ['confidential', 'public'], { default: 'confidential' }),
    clientId: text({ min: 0, max: 255, format: 'client_id', default: '' }),
    clientSecret: secret({ nullable: true, generated: true }),
    /** Set while two secrets are valid: the one before, until the time beside it. */
    previousClientSecret: secret({ nullable: true, internal: true }),
    previousClientSecretExpiresAt: text({ nullable: true, internal: true }),
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
    pkce: choice('PkceMode', ['required_s256', 'required', 'optional'], { default: 'required_s256' }),
    scopes: refs('mapping.scope'),
    signingKey: maybeRef('certificate', { onDelete: 'restrict' }),
    /** Keys that were replaced: published until the last token they signed has expired, and known as issuers of hints after that. */
    retiredKeys: list(
      'RetiredKey',
      { certificate: text(), until: text() },
      { key: ['certificate'], internal: true },
    ),
    subjectMode: choice('SubjectMode', subjectModes, { default: 'hashed_user_id' }),
    issuerMode: choice('IssuerMode', ['per_provider', 'global'], { default: 'per_provider' }),
    includeClaimsInIdToken: flag({ default: true }),
    accessCodeValidity: duration({ default: 'minutes=1' }),
    accessTokenValidity: duration({ default: 'hours=1' }),
    refreshTokenValidity: duration({ default: 'days=30' }),
    refreshFamilyValidity: duration({ default: 'days=180' }),
  },
  unique: ['clientId'],
  specials: { 'provider.secret.rotated': secretRotated },
  form: [
    {
      title: 'main',
      open: true,
      fields: [
        'name',
        'authorizationFlow',
        'clientType',
        'clientId',
        'clientSecret',
        'redirectUris',
        'signingKey',
      ],
    },
    { title: 'flows', fields: ['authenticationFlow', 'invalidationFlow'] },
    {
      title: 'protocol',
      fields: ['grantTypes', 'pkce', 'scopes', 'subjectMode', 'issuerMode', 'includeClaimsInIdToken'],
    },
    {
      title: 'validity',
      fields: ['accessCodeValidity', 'accessTokenValidity', 'refreshTokenValidity', 'refreshFamilyValidity'],
    },
  ],
  when: { clientSecret: { clientType: ['confidential'] } },
  list: { columns: ['name', 'clientId', 'clientType'], search: ['name', 'clientId'], order: ['name'] },
});
