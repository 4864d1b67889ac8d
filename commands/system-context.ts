import { systemActor } from '../domain/kernel/actor.js';
import { systemRights } from '../domain/kernel/rights.js';
import type { CommandContext } from './command.js';
import type { Ports } from './ports.js';

/** Context of work that the product does by itself. */
export const systemContext = (ports: Ports, job: string): CommandContext => ({
  actor: systemActor(job),
  onBehalfOf: null,
  authenticatedAt: null,
  rights: systemRights,
  sessionId: null,
  brandId: null,
  via: 'system',
  client: null,
  requestId: null,
  correlationId: ports.ids.next('correlation'),
  causationId: null,
  reason: null,
  commandId: null,
});
