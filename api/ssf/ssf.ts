import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../http/dependencies.js';
import { registerProtocolErrors } from '../oauth2/errors.js';
import { registerSsfErrors } from './errors.js';
import { registerMetadata } from './metadata.js';
import { registerPoll } from './poll.js';
import { registerStreams } from './streams.js';
import { registerStreamState } from './stream-state.js';

/** The transmitter of shared signals (SSF 1.0) for its receivers. */
export const registerSsf = async (app: FastifyInstance, dependencies: HttpDependencies): Promise<void> => {
  await app.register(async (machines) => {
    registerProtocolErrors(machines, dependencies);
    await machines.register((scope, _options, done) => {
      registerSsfErrors(scope);
      registerMetadata(scope, dependencies);
      registerStreams(scope, dependencies);
      registerStreamState(scope, dependencies);
      registerPoll(scope, dependencies);
      done();
    });
  });
};
