import type { Json } from '../kernel/field.js';
import type { SubjectIdentifier } from './subject-identifier.js';

/** A security event before it is signed. */
export interface SecurityEvent {
  readonly issuer: string;
  readonly audience: string;
  /** The same at each attempt to deliver it. */
  readonly id: string;
  readonly issuedAt: Date;
  /** Ties together what one deed has caused. */
  readonly transaction: string | null;
  readonly subject: SubjectIdentifier;
  readonly uri: string;
  readonly members: Readonly<Record<string, Json>>;
}

/** Claims of the token (RFC 8417, 2.2; SSF 1.0, 4): neither `sub` nor `exp`, so that it is taken for no other token. */
export const securityEventClaims = (event: SecurityEvent): Readonly<Record<string, Json>> => ({
  iss: event.issuer,
  jti: event.id,
  iat: Math.floor(event.issuedAt.getTime() / 1000),
  aud: event.audience,
  ...(event.transaction === null ? {} : { txn: event.transaction }),
  sub_id: event.subject,
  events: { [event.uri]: event.members },
});
