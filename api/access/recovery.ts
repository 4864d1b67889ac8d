import type { FastifyInstance } from 'fastify';
import { tokenKeyHash } from '../../commands/access/create-token.js';
import { useRecoveryKeyCommand } from '../../commands/access/use-recovery-key.js';
import { execute } from '../../commands/pipeline.js';
import { DomainError } from '../../domain/kernel/errors.js';
import { anybody } from '../../domain/kernel/rights.js';
import { tokenByKeyHash } from '../../projections/access/query.js';
import { commandContext } from '../http/command-context.js';
import { setBrowserCookie } from '../http/cookies.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { requireSameOrigin } from '../http/same-origin.js';
import { anonymous } from '../http/identity.js';
import { sendPage } from '../http/page.js';

const access = anybody('the key is the credential');
const waitMs = 2000;
const attemptWindowMs = 15 * 60_000;

/** Recovery keys: opening the address shows what pressing the button will do; only the button spends the key. */
export const registerRecovery = (app: FastifyInstance, dependencies: HttpDependencies): void => {
  const { ports, db } = dependencies;

  const find = async (key: string, ip: string): Promise<string> => {
    const [attempts = 0] = await ports.counters.increment([
      { key: `recovery:${ip}`, windowMs: attemptWindowMs },
    ]);
    if (attempts > ports.limits.loginFailuresPerIp) throw new DomainError('RATE_LIMITED');
    const token = await tokenByKeyHash(db, tokenKeyHash(ports.sealer, key));
    const expired = token?.expires_at != null && token.expires_at <= ports.clock.now();
    if (token?.intent !== 'recovery' || expired || !token.is_active) throw new DomainError('NOT_FOUND');
    return token.token_id;
  };

  app.get<{ Params: { key: string } }>(
    '/recovery/use-token/:key/',
    { config: { access } },
    async (request, reply) => {
      await find(request.params.key, request.ip);
      return sendPage(reply, {
        title: 'Recover access',
        text: 'This key signs you in once. It is spent when you continue.',
        action: { label: 'Sign in', method: 'post', to: request.url },
      });
    },
  );

  app.post<{ Params: { key: string } }>(
    '/recovery/use-token/:key/',
    { config: { access } },
    async (request, reply) => {
      requireSameOrigin(request, []);
      const tokenId = await find(request.params.key, request.ip);
      const context = commandContext(dependencies, request, anonymous, 'protocol');
      const input = { tokenId, earlierSessionId: request.identity.session?.id ?? null };
      const { output, position } = await execute(ports, useRecoveryKeyCommand, input, context);
      if (position !== null) await ports.readModels.waitFor(position, waitMs, ['access', 'directory']);
      setBrowserCookie(request, reply, output.token, null);
      return reply.redirect('/if/user/', 303);
    },
  );
};
