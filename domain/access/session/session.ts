import { DomainError } from '../../kernel/errors.js';
import type { Aggregate } from '../../kernel/event.js';
import type { SessionEndReason, SessionEvent } from './events.js';
import { endImpersonation } from './impersonation.js';
import type { Session } from './state.js';

export const session: Aggregate<Session, SessionEvent> = {
  category: 'session',
  initialState: { status: 'absent' },
  evolve: (state, event) => {
    switch (event.type) {
      case 'session.started':
        return {
          status: 'live',
          id: event.data.sessionId,
          userId: event.data.userId,
          expiresAt: event.data.expiresAt,
          impersonation: null,
        };
      case 'session.ended':
        return { status: 'ended' };
      case 'session.impersonation.started':
        return state.status === 'live'
          ? { ...state, impersonation: { targetId: event.data.targetId, expiresAt: event.data.expiresAt } }
          : state;
      case 'session.impersonation.ended':
        return state.status === 'live' ? { ...state, impersonation: null } : state;
      default:
        return event satisfies never;
    }
  },
};

export type NewSession = Extract<SessionEvent, { type: 'session.started' }>['data'];

/** `session.started`. Throws `ALREADY_EXISTS`. */
export const startSession = (state: Session, started: NewSession): SessionEvent[] => {
  if (state.status !== 'absent') throw new DomainError('ALREADY_EXISTS');
  return [{ type: 'session.started', data: started }];
};

/** `session.ended`, after the end of a running impersonation; nothing when the session has ended already. */
export const endSession = (state: Session, reason: SessionEndReason): SessionEvent[] => {
  if (state.status !== 'live') return [];
  const { id: sessionId, userId } = state;
  return [
    ...endImpersonation(state, 'session_ended'),
    { type: 'session.ended', data: { sessionId, userId, reason } },
  ];
};
