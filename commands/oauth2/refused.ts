/** Errors of the token, revocation and introspection endpoints (RFC 6749, 5.2). */
export type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'slow_down'
  | 'server_error';

/** A refusal of the token endpoint. It is an answer, not an exception: what led to it may have to be recorded. */
export interface Refused {
  readonly error: TokenError;
  readonly description: string;
}

export const refused = (error: TokenError, description: string): Refused => ({ error, description });

export const isRefused = (answer: object): answer is Refused => 'error' in answer;
