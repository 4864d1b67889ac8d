import type { AuthorizationRequest } from '../../domain/provider/oauth2/authorization-request.js';
import { findParked, park, takeParked } from '../parked.js';
import type { Ports } from '../ports.js';

/** A validated request that waits for a login or a consent. */
export interface PendingRequest {
  readonly providerId: string;
  readonly request: AuthorizationRequest;
  /** Origin under which the client asked; the issuer of its answer. */
  readonly origin: string;
  readonly requestedAt: string;
  /** Subject whom the client expects, from an ID token of ours. */
  readonly hintSubject: string | null;
}

const lifeMs = 60 * 60_000;

/** Keeps a request, and returns the id that leads back to it. */
export const parkRequest = (ports: Ports, pending: PendingRequest): Promise<string> =>
  park(ports, 'authorization', pending, lifeMs);

export const findRequest = (ports: Ports, id: string): Promise<PendingRequest | null> =>
  findParked(ports, 'authorization', id);

/** Takes the request for good: a finished authorization is not answered twice. */
export const takeRequest = (ports: Ports, id: string): Promise<PendingRequest | null> =>
  takeParked(ports, 'authorization', id);
