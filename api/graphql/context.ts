import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../http/dependencies.js';
import type { Identity } from '../http/identity.js';
import type { Loaders } from './loaders.js';

/** What a resolver sees. Made anew for each request and each subscription. */
export interface GraphqlContext {
  readonly dependencies: HttpDependencies;
  readonly identity: Identity;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply | null;
  readonly loaders: Loaders;
  /** Finds out anew who holds the connection, for subscriptions that live long. */
  readonly identifyAgain: () => Promise<Identity>;
}
