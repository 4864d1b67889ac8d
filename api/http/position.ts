import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ports } from '../../commands/ports.js';
import { DomainError } from '../../domain/kernel/errors.js';

const waitMs = 2000;
const shape = /^([0-9a-f-]{36})\.(\d{1,19})$/;
/** What sign-in, pages and settings read. */
const usual = ['directory', 'access', 'config'];

/** Position as clients see it: the store it belongs to, and the place in the log. */
export const positionText = ({ store }: Pick<Ports, 'store'>, position: bigint): string =>
  `${store.storeId}.${String(position)}`;

/** Tells a client what to demand of the reads that shall show what it has just done. */
export const tellPosition = (
  reply: FastifyReply | null,
  ports: Pick<Ports, 'store'>,
  position: bigint | null,
): void => {
  if (position !== null) reply?.header('muniment-position', positionText(ports, position));
};

/** The position that a request demands, or null. Throws `FOREIGN_POSITION` for one of another log. */
const demandedPosition = ({ store }: Pick<Ports, 'store'>, request: FastifyRequest): bigint | null => {
  const header = request.headers['muniment-min-position'];
  if (header === undefined) return null;
  const [, storeId, position] = shape.exec(String(header)) ?? [];
  if (position === undefined)
    throw new DomainError('INVALID_INPUT', { message: 'Muniment-Min-Position is <store>.<number>.' });
  if (storeId !== store.storeId) throw new DomainError('FOREIGN_POSITION');
  return BigInt(position);
};

/** Waits until the named read models show what a request demands. Throws `PROJECTION_BEHIND`. */
export const showDemanded = async (
  ports: Pick<Ports, 'store' | 'readModels'>,
  request: FastifyRequest,
  reply: FastifyReply | null,
  groups: readonly string[],
): Promise<void> => {
  const position = demandedPosition(ports, request);
  if (position === null || groups.length === 0) return;
  try {
    await ports.readModels.waitFor(position, waitMs, groups);
  } catch (error) {
    reply?.header('retry-after', '2');
    throw error;
  }
};

/** A read of any kind may demand that it shows at least a position: the caller's own last write. */
export const honourPositions = (
  app: FastifyInstance,
  { ports }: { readonly ports: Pick<Ports, 'store' | 'readModels'> },
): void => {
  app.addHook('onRequest', (request, reply) => showDemanded(ports, request, reply, usual));
};
