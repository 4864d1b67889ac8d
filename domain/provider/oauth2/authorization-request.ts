/** Validation of an authorization request (RFC 6749 4.1.1, OpenID Connect Core 3.1.2.1, RFC 7636, RFC 9207). */
import { admitsRedirect, type CompilePattern } from './redirect-uri.js';
import type { OAuth2ProviderState } from './rotate-client-secret.js';

export const responseModes = ['query', 'fragment', 'form_post'] as const;
export type ResponseMode = (typeof responseModes)[number];

export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  readonly codeChallenge: string | null;
  readonly codeChallengeMethod: 'S256' | 'plain' | null;
  readonly prompt: readonly string[];
  readonly maxAgeSeconds: number | null;
  readonly loginHint: string | null;
}

export type AuthorizationError =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'access_denied'
  | 'server_error'
  | 'temporarily_unavailable';

/** A refusal. Before the address is known to be the client's it is shown here; after that it goes to the client. */
export type Refusal =
  | { readonly to: 'person'; readonly reason: string }
  | {
      readonly to: 'client';
      readonly error: AuthorizationError;
      readonly description: string;
      readonly redirectUri: string;
      readonly responseMode: ResponseMode;
      readonly state: string | null;
    };

export type Validated = { readonly request: AuthorizationRequest } | { readonly refusal: Refusal };

const knownPrompts = ['none', 'login', 'consent', 'select_account'];
const challengeForm = /^[A-Za-z0-9._~-]{43,128}$/;
const maxLength = 2000;

type Parameters = (name: string) => string | null;

/** The redirect address of a request, or why there is none to trust. */
const redirectUriOf = (
  get: Parameters,
  provider: OAuth2ProviderState,
  compile: CompilePattern,
): { value: string } | { reason: string } => {
  const given = get('redirect_uri');
  if (given === null) return { reason: 'The request names no redirect address.' };
  return admitsRedirect(provider, given, 'authorization', compile)
    ? { value: given }
    : { reason: 'The redirect address is not registered for this application.' };
};

const scopesOf = (requested: string | null, available: readonly string[]): readonly string[] => {
  if (requested === null || requested.trim() === '')
    return available.filter((scope) => scope !== 'offline_access');
  return [...new Set(requested.split(' ').filter((scope) => available.includes(scope)))];
};

/**
 * Checks a request against its provider, in the order in which refusals become safe to tell: the address first, then
 * everything that the client itself may learn. `available` are the scopes of the provider's mappings.
 */
export const validateAuthorizationRequest = (
  parameters: URLSearchParams,
  provider: OAuth2ProviderState,
  available: readonly string[],
  compile: CompilePattern,
): Validated => {
  for (const name of new Set(parameters.keys()))
    if (parameters.getAll(name).length > 1)
      return {
        refusal: { to: 'person', reason: `The parameter ${name.slice(0, 50)} stands more than once.` },
      };
  const get: Parameters = (name) => {
    const value = parameters.get(name);
    return value === '' ? null : value;
  };
  const redirect = redirectUriOf(get, provider, compile);
  if ('reason' in redirect) return { refusal: { to: 'person', reason: redirect.reason } };
  const state = get('state');
  const mode = get('response_mode');
  const responseMode = responseModes.find((known) => known === mode) ?? 'query';
  const refuse = (error: AuthorizationError, description: string): Validated => ({
    refusal: { to: 'client', error, description, redirectUri: redirect.value, responseMode, state },
  });

  if (get('response_type') !== 'code') return refuse('unsupported_response_type', 'Use response_type=code.');
  if (!provider.grantTypes.includes('authorization_code'))
    return refuse('unauthorized_client', 'The client may not use the authorization code grant.');
  if (get('request') !== null) return refuse('request_not_supported', 'Request objects are not supported.');
  if (get('request_uri') !== null)
    return refuse('request_uri_not_supported', 'Request addresses are not supported.');
  if (mode !== null && mode !== responseMode)
    return refuse('invalid_request', 'The response mode is not known.');
  if (responseMode === 'form_post' && !/^https?:/i.test(redirect.value))
    return refuse('invalid_request', 'A form can be posted to a web address only.');
  if ([state, get('nonce')].some((value) => value !== null && value.length > maxLength))
    return refuse('invalid_request', 'A parameter is too long.');

  const challenge = get('code_challenge');
  const method = get('code_challenge_method') ?? (challenge === null ? null : 'plain');
  if (method !== null && method !== 'S256' && method !== 'plain')
    return refuse('invalid_request', 'The code challenge method is not known.');
  if (challenge === null && (provider.pkce !== 'optional' || method !== null))
    return refuse('invalid_request', 'A code challenge is required.');
  if (challenge !== null && !challengeForm.test(challenge))
    return refuse('invalid_request', 'The code challenge is malformed.');
  if (method === 'plain' && provider.pkce === 'required_s256')
    return refuse('invalid_request', 'Use code_challenge_method=S256.');

  const prompt = (get('prompt') ?? '').split(' ').filter(Boolean);
  if (prompt.some((value) => !knownPrompts.includes(value)) || (prompt.includes('none') && prompt.length > 1))
    return refuse('invalid_request', 'The value of prompt is not valid.');
  const maxAge = get('max_age');
  if (maxAge !== null && !/^\d{1,9}$/.test(maxAge))
    return refuse('invalid_request', 'max_age is not a number of seconds.');

  return {
    request: {
      clientId: provider.clientId,
      redirectUri: redirect.value,
      responseMode,
      scopes: scopesOf(get('scope'), available),
      state,
      nonce: get('nonce'),
      codeChallenge: challenge,
      codeChallengeMethod: method,
      prompt,
      maxAgeSeconds: maxAge === null ? null : Number(maxAge),
      loginHint: get('login_hint')?.slice(0, 254) ?? null,
    },
  };
};
