import type { Aggregate } from '../../kernel/event.js';
import type { JsonObject } from '../../kernel/field.js';
import type { Id } from '../../kernel/ids.js';
import { DomainError } from '../../kernel/errors.js';
import type { SecretRef } from '../../kernel/secret.js';
import type { UserEvent, UserType } from './events.js';

export interface PresentUser {
  readonly status: 'present';
  readonly id: Id<'user'>;
  readonly number: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly type: UserType;
  readonly path: string;
  readonly isActive: boolean;
  readonly attributes: JsonObject;
  readonly credential: SecretRef | null;
}

export type User = { readonly status: 'absent' } | PresentUser | { readonly status: 'deleted' };

const change = (state: User, patch: Partial<PresentUser>): User =>
  state.status === 'present' ? { ...state, ...patch } : state;

const evolve = (state: User, event: UserEvent): User => {
  switch (event.type) {
    case 'user.created': {
      const { userId, attributes, ...profile } = event.data;
      return {
        status: 'present',
        id: userId,
        attributes: attributes,
        credential: null,
        ...profile,
      };
    }
    case 'user.username.changed':
      return change(state, { username: event.data.username });
    case 'user.renamed':
      return change(state, { name: event.data.name });
    case 'user.email.changed':
      return change(state, { email: event.data.email });
    case 'user.attributes.changed':
      return change(state, { attributes: event.data.attributes });
    case 'user.moved':
      return change(state, { path: event.data.path });
    case 'user.type.changed':
      return change(state, { type: event.data.type });
    case 'user.activated':
      return change(state, { isActive: true });
    case 'user.deactivated':
      return change(state, { isActive: false });
    case 'user.password.changed':
      return change(state, { credential: event.data.credential });
    case 'user.deleted':
      return { status: 'deleted' };
    default:
      return event satisfies never;
  }
};

export const user: Aggregate<User, UserEvent> = {
  category: 'user',
  initialState: { status: 'absent' },
  evolve,
};

/** The user, or `NOT_FOUND` for one that never was or is no more. */
export const existing = (state: User): PresentUser => {
  if (state.status !== 'present') throw new DomainError('NOT_FOUND');
  return state;
};
