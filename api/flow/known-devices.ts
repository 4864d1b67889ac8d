import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../http/dependencies.js';
import { readCookie, setCookie } from '../http/cookies.js';

const name = 'device';
const idBytes = 16;
const lifeMs = 365 * 86_400_000;
/** People who share a browser; who came first makes room. */
const maxPeople = 4;
const entryPattern = /^([0-9a-f-]{36})\.(\d{13})\.([\w-]{22})\.([\w-]{43})$/;

const entries = (request: FastifyRequest): string[] => readCookie(request, name)?.split('~') ?? [];

const signatureOf = ({ ports }: HttpDependencies, userId: string, since: string, id: string): string =>
  ports.sealer.digest('token', 'known-device', `${userId}.${since}.${id}`);

const isEqual = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

/** The people who have signed in with this browser within a year, and under which id it is known for each. */
export const knownDevices = (
  dependencies: HttpDependencies,
  request: FastifyRequest,
): ReadonlyMap<string, string> => {
  const now = dependencies.ports.clock.now().getTime();
  const known = new Map<string, string>();
  for (const entry of entries(request).slice(0, maxPeople)) {
    const [, userId = '', since = '', id = '', signature = ''] = entryPattern.exec(entry) ?? [];
    if (!isEqual(signature, signatureOf(dependencies, userId, since, id))) continue;
    if (Number(since) + lifeMs > now) known.set(userId, id);
  }
  return known;
};

/** Marks the browser as one with which this person has signed in. */
export const rememberDevice = (
  dependencies: HttpDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  userId: string,
): void => {
  const { clock, ids } = dependencies.ports;
  const now = clock.now().getTime();
  const id = ids.randomText(idBytes);
  const own = `${userId}.${String(now)}.${id}.${signatureOf(dependencies, userId, String(now), id)}`;
  const others = entries(request).filter((entry) => entryPattern.test(entry) && !entry.startsWith(userId));
  setCookie(request, reply, name, [own, ...others].slice(0, maxPeople).join('~'), new Date(now + lifeMs));
};
