import { DomainError, fieldError } from '../../kernel/errors.js';
import type { JsonObject } from '../../kernel/field.js';
import { sameValue } from '../../kernel/model-decisions.js';
import { requireWellFormedPath } from './create-user.js';
import type { UserEvent, UserType } from './events.js';
import { existing, type User } from './user.js';

export interface UserPatch {
  readonly username?: string;
  readonly name?: string;
  readonly email?: string;
  readonly type?: UserType;
  readonly path?: string;
  readonly isActive?: boolean;
  readonly attributes?: JsonObject;
}

/**
 * One event for each thing that really changes. Throws `NOT_FOUND`, `RESERVED_TYPE` for accounts that the product
 * owns, unless they are only shut out or let in again, `INVALID_INPUT` on a malformed path.
 */
export const updateUser = (state: User, patch: UserPatch): UserEvent[] => {
  const user = existing(state);
  const { id: userId } = user;
  const isProfile = Object.keys(patch).some((field) => field !== 'isActive');
  if (user.type === 'internal_service_account' && isProfile) throw new DomainError('RESERVED_TYPE');
  if (patch.type === 'internal_service_account') throw fieldError('RESERVED_TYPE', 'type');
  const events: UserEvent[] = [];
  if (patch.username !== undefined && patch.username !== user.username)
    events.push({
      type: 'user.username.changed',
      data: { userId, username: patch.username, was: user.username },
    });
  if (patch.name !== undefined && patch.name !== user.name)
    events.push({ type: 'user.renamed', data: { userId, name: patch.name, was: user.name } });
  if (patch.email !== undefined && patch.email !== user.email)
    events.push({ type: 'user.email.changed', data: { userId, email: patch.email, was: user.email } });
  if (patch.type !== undefined && patch.type !== user.type)
    events.push({ type: 'user.type.changed', data: { userId, type: patch.type, was: user.type } });
  if (patch.path !== undefined && patch.path !== user.path) {
    requireWellFormedPath(patch.path);
    events.push({ type: 'user.moved', data: { userId, path: patch.path, was: user.path } });
  }
  if (patch.attributes !== undefined && !sameValue(patch.attributes, user.attributes))
    events.push({
      type: 'user.attributes.changed',
      data: { userId, attributes: { ...patch.attributes } as never, was: { ...user.attributes } as never },
    });
  if (patch.isActive !== undefined && patch.isActive !== user.isActive)
    events.push({ type: patch.isActive ? 'user.activated' : 'user.deactivated', data: { userId } });
  return events;
};
