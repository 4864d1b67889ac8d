import { DomainError } from '../../kernel/errors.js';
import type { Id } from '../../kernel/ids.js';
import { allows, permission, type Rights } from '../../kernel/rights.js';
import type { SessionEvent } from './events.js';
import type { LiveSession, Session } from './state.js';

export const impersonate = permission('impersonate_user');

/** Somebody as far as impersonation is concerned. */
export interface Impersonable {
  readonly id: Id<'user'>;
  readonly isActive: boolean;
  readonly superuser: boolean;
}

/** Why somebody may not act as somebody else, or null. A superuser is only for superusers, and nobody
 * acts as somebody who is shut out. */
export const impersonationRefusal = (
  rights: Rights,
  target: Impersonable,
): 'FORBIDDEN' | 'IMPERSONATION_SELF' | 'IMPERSONATION_UPWARD' | null => {
  if (!allows(rights, impersonate) || !target.isActive) return 'FORBIDDEN';
  if (rights.userId === target.id) return 'IMPERSONATION_SELF';
  return target.superuser && !rights.superuser ? 'IMPERSONATION_UPWARD' : null;
};

/**
 * `session.impersonation.started`, after the end of one whose time is over. Throws `IMPERSONATION_NESTED` while one runs,
 * `NOT_FOUND` without a live session.
 */
export const startImpersonation = (
  state: Session,
  targetId: Id<'user'>,
  now: Date,
  expiresAt: Date,
): SessionEvent[] => {
  if (state.status !== 'live') throw new DomainError('NOT_FOUND');
  if (state.impersonation && new Date(state.impersonation.expiresAt) > now)
    throw new DomainError('IMPERSONATION_NESTED');
  return [
    ...endImpersonation(state, 'expired'),
    {
      type: 'session.impersonation.started',
      data: { sessionId: state.id, userId: state.userId, targetId, expiresAt: expiresAt.toISOString() },
    },
  ];
};

type EndCause = Extract<SessionEvent, { type: 'session.impersonation.ended' }>['data']['cause'];

/** `session.impersonation.ended`; nothing when none runs. */
export const endImpersonation = (state: Session, cause: EndCause): SessionEvent[] =>
  state.status === 'live' && state.impersonation ? [ended(state, state.impersonation.targetId, cause)] : [];

const ended = (state: LiveSession, targetId: Id<'user'>, cause: EndCause): SessionEvent => ({
  type: 'session.impersonation.ended',
  data: { sessionId: state.id, userId: state.userId, targetId, cause },
});
