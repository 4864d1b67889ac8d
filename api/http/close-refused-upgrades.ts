import type { FastifyInstance } from 'fastify';

/** Ends the connection of a refused websocket: the HTTP server no longer counts it, so that it would stay for ever. */
export const closeRefusedUpgrades = (app: FastifyInstance): void => {
  app.addHook('onResponse', (request, _reply, done) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon();
    done();
  });
};
