import { DomainError } from '../../kernel/errors.js';
import type { UserEvent } from './events.js';
import { existing, type User } from './user.js';

/** `user.deleted`. Throws `NOT_FOUND`, `RESERVED_TYPE` for accounts that the product owns. */
export const deleteUser = (state: User): UserEvent[] => {
  const user = existing(state);
  if (user.type === 'internal_service_account') throw new DomainError('RESERVED_TYPE');
  return [{ type: 'user.deleted', data: { userId: user.id, username: user.username } }];
};
