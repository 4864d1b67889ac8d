import type { Id } from '../../domain/kernel/ids.js';

/** The browser behind a run of a flow. */
export interface Visitor {
  /** Digest of the browser's cookie; runs belong to it. */
  readonly browserHash: string;
  readonly session: {
    readonly id: Id<'session'>;
    /** The person this browser acts as; while impersonating the impersonated one. */
    readonly userId: Id<'user'>;
    /** The person who signed in. */
    readonly ownerId: Id<'user'>;
    readonly impersonatorId: Id<'user'> | null;
    readonly startedAt: string;
    readonly amr: readonly string[];
  } | null;
  /** People who have signed in with this browser before, and the id it is known under for each. */
  readonly knownDevices: ReadonlyMap<string, string>;
  readonly ip: string | null;
  /** On the machine itself, without a proxy between. */
  readonly isLocal: boolean;
  /** Origins of this installation, for absolute `next` addresses. */
  readonly ownOrigins: readonly string[];
  /** Host of the request, without port. */
  readonly host: string;
  /** One-time code of the initial set-up, when the address carries one. */
  readonly setupCode: string | null;
}
