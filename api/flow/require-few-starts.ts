import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/kernel/errors.js';
import type { HttpDependencies } from '../http/dependencies.js';
import { clientAddress } from '../http/identity.js';

const windowMs = 60_000;

/** Counts what a stranger makes the product keep for him: runs of flows, parked requests. Throws `RATE_LIMITED`. */
export const requireFewStarts = async (
  { ports }: HttpDependencies,
  request: FastifyRequest,
): Promise<void> => {
  const [starts = 0] = await ports.counters.increment([
    { key: `flow-start:${clientAddress(request) ?? ''}`, windowMs },
  ]);
  if (starts > ports.limits.flowStartsPerIp) throw new DomainError('RATE_LIMITED');
};
