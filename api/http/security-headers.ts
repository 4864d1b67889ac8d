import type { FastifyInstance } from 'fastify';

const hstsSeconds = 31_536_000;

/** Headers of every answer. Pages add their own content security policy with a nonce. */
export const registerSecurityHeaders = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'no-referrer');
    reply.header('cross-origin-opener-policy', 'same-origin');
    reply.header('x-authentik-id', request.id);
    if (request.protocol === 'https')
      reply.header('strict-transport-security', `max-age=${String(hstsSeconds)}`);
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return Promise.resolve();
  });
};
