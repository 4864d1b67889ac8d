import type { Json } from '../kernel/field.js';

export interface ChallengeError {
  readonly string: string;
  readonly code: string;
}

/** What the executor asks of the client. The envelope (`flow_info`, `response_errors`) is added around it. */
export interface Challenge {
  readonly component: string;
  readonly [field: string]: Json;
}

/** A challenge with the errors of the last response, by field; `non_field_errors` for those of no field. */
export interface PendingChallenge {
  readonly challenge: Challenge;
  readonly errors: Readonly<Record<string, readonly ChallengeError[]>>;
}

export const redirectTo = (to: string): Challenge => ({ component: 'xak-flow-redirect', to });

export const accessDenied = (message: string | null): Challenge => ({
  component: 'ak-stage-access-denied',
  error_message: message,
});
