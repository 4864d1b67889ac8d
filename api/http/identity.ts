import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { tokenKeyHash } from '../../commands/access/create-token.js';
import { impersonationRefusal } from '../../domain/access/session/impersonation.js';
import { groupTree, isSuperuser } from '../../domain/directory/group/effective-groups.js';
import type { Id } from '../../domain/kernel/ids.js';
import { noRights, type Rights } from '../../domain/kernel/rights.js';
import {
  sessionByTokenHash,
  tokenByKeyHash,
  type SessionCredential,
  type TokenCredential,
} from '../../projections/access/query.js';
import { userById } from '../../projections/directory/query.js';
import { readBrowserCookie } from './cookies.js';
import type { HttpDependencies } from './dependencies.js';

export interface Person {
  readonly id: Id<'user'>;
  readonly username: string;
  readonly name: string;
  readonly email: string;
}

/** Who sent a request. While impersonating, `user` is the impersonated person and `impersonator` the administrator. */
export interface Identity {
  readonly user: Person | null;
  readonly rights: Rights;
  readonly session: {
    readonly id: Id<'session'>;
    readonly ownerId: Id<'user'>;
    readonly startedAt: Date;
    readonly amr: readonly string[];
  } | null;
  readonly impersonator: Person | null;
  readonly impersonationExpiresAt: Date | null;
  readonly viaToken: boolean;
}

export const anonymous: Identity = {
  user: null,
  rights: noRights,
  session: null,
  impersonator: null,
  impersonationExpiresAt: null,
  viaToken: false,
};

const behindMs = 1000;

/** Address of the client behind trusted proxies; null when a proxy sent something that is no address. */
export const clientAddress = (request: FastifyRequest): string | null =>
  isIP(request.ip) === 0 ? null : request.ip.replace(/^::ffff:/, '');

interface Holder {
  readonly user_id: Id<'user'>;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly group_ids: readonly Id<'group'>[];
}

const person = (holder: Holder): Person => ({
  id: holder.user_id,
  username: holder.username,
  name: holder.name,
  email: holder.email,
});

/** Finds out who sent a request: by bearer token, else by session cookie. Expiry and state are checked at each use. */
export const identify = async (
  dependencies: HttpDependencies,
  request: FastifyRequest,
): Promise<Identity> => {
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return identifyToken(dependencies, bearer);
  const cookie = readBrowserCookie(request);
  return cookie === null ? anonymous : identifySession(dependencies, cookie);
};

const rightsOf = ({ ports }: HttpDependencies, holder: Holder): Rights => ({
  userId: holder.user_id,
  superuser: isSuperuser(groupTree(ports.config), holder.group_ids),
});

/** A credential is never read behind the last event this process has seen. */
export const upToDate = async <T>({ ports }: HttpDependencies, load: () => Promise<T>): Promise<T> => {
  await ports.readModels.waitFor(ports.config.position, behindMs, ['access', 'directory']);
  return load();
};

const identifyToken = async (dependencies: HttpDependencies, key: string): Promise<Identity> => {
  const hash = tokenKeyHash(dependencies.ports.sealer, key);
  const token = await dependencies.credentials.resolve<TokenCredential>(
    `token ${hash}`,
    () => upToDate(dependencies, () => tokenByKeyHash(dependencies.db, hash)),
    (value) => [value.token_id, value.user_id],
  );
  const now = dependencies.ports.clock.now();
  if (token?.intent !== 'api' || !token.is_active || (token.expires_at !== null && token.expires_at <= now))
    return anonymous;
  return { ...anonymous, user: person(token), rights: rightsOf(dependencies, token), viaToken: true };
};

const identifySession = async (dependencies: HttpDependencies, cookie: string): Promise<Identity> => {
  const hash = dependencies.ports.ids.sha256(cookie);
  const session = await dependencies.credentials.resolve<SessionCredential>(
    `session ${hash}`,
    () => upToDate(dependencies, () => sessionByTokenHash(dependencies.db, hash)),
    (value) => [value.session_id, value.user_id],
  );
  const now = dependencies.ports.clock.now();
  if (!session?.is_active || session.expires_at <= now) return anonymous;
  const own: Identity = {
    ...anonymous,
    user: person(session),
    rights: rightsOf(dependencies, session),
    session: {
      id: session.session_id,
      ownerId: session.user_id,
      startedAt: session.started_at,
      amr: session.amr,
    },
  };
  const until = session.impersonation_expires_at;
  if (session.impersonated_id === null || until === null || until <= now) return own;
  return impersonated(dependencies, own, session.impersonated_id, until);
};

const impersonated = async (
  dependencies: HttpDependencies,
  own: Identity,
  targetId: Id<'user'>,
  until: Date,
): Promise<Identity> => {
  const target = await dependencies.credentials.resolve(
    `user ${targetId}`,
    () => upToDate(dependencies, () => userById(dependencies.db, targetId)),
    (value) => [value.id],
  );
  if (!target) return own;
  const superuser = isSuperuser(groupTree(dependencies.ports.config), target.group_ids);
  const subject = { id: targetId, superuser };
  if (!dependencies.ports.impersonation.enabled || impersonationRefusal(own.rights, subject) !== null)
    return own;
  const holder: Holder = {
    user_id: targetId,
    username: target.username,
    name: target.name,
    email: target.email,
    group_ids: target.group_ids,
  };
  return {
    ...own,
    user: person(holder),
    rights: rightsOf(dependencies, holder),
    impersonator: own.user,
    impersonationExpiresAt: until,
  };
};
