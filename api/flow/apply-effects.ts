import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FlowStep } from '../../commands/flow/executions.js';
import type { Visitor } from '../../commands/flow/visitor.js';
import { setBrowserCookie } from '../http/cookies.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { tellPosition } from '../http/position.js';
import { rememberDevice } from './known-devices.js';

const waitMs = 2000;
const cookieBytes = 32;

/** Everything a browser must hold before it sees the answer to a step: the new session's cookie, or none. */
export const applyEffects = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  visitor: Visitor,
  step: FlowStep,
): Promise<void> => {
  const { ports } = dependencies;
  if (step.position !== null)
    await ports.readModels.waitFor(step.position, waitMs, ['access', 'directory', 'config']);
  tellPosition(reply, ports, step.position);
  const { session, signedOut } = step.effects;
  if (session) {
    setBrowserCookie(request, reply, session.token, session.persistent ? new Date(session.expiresAt) : null);
    rememberDevice(dependencies, request, reply, session.userId);
    await ports.executions.rebind(visitor.browserHash, ports.ids.sha256(session.token));
  } else if (signedOut) setBrowserCookie(request, reply, ports.ids.randomText(cookieBytes), null);
};
