import { DomainError } from '../../kernel/errors.js';
import { createUser } from './create-user.js';
import type { UserEvent } from './events.js';
import type { PresentUser, User } from './user.js';

/**
 * `user.created` once more, with id, number and profile as before the deletion and without password. Throws
 * `ALREADY_EXISTS` for a user who is there, `NOT_FOUND` for one who never was.
 */
export const restoreUser = (state: User, before: PresentUser): UserEvent[] => {
  if (state.status === 'absent') throw new DomainError('NOT_FOUND');
  if (state.status === 'present') throw new DomainError('ALREADY_EXISTS');
  const { id: userId, number, username, name, email, type, path, isActive, attributes } = before;
  return createUser(
    { status: 'absent' },
    { userId, number, username, name, email, type, path, isActive, attributes },
  );
};
