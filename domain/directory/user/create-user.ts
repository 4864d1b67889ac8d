import { DomainError, fieldError } from '../../kernel/errors.js';
import type { JsonObject } from '../../kernel/field.js';
import type { Id } from '../../kernel/ids.js';
import type { UserEvent, UserType } from './events.js';
import type { User } from './user.js';

export interface NewUser {
  readonly userId: Id<'user'>;
  readonly number: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly type: UserType;
  readonly path: string;
  readonly isActive: boolean;
  readonly attributes: JsonObject;
}

/** `user.created`. Throws `ALREADY_EXISTS`, `INVALID_INPUT` on a malformed path. */
export const createUser = (state: User, profile: NewUser): UserEvent[] => {
  if (state.status !== 'absent') throw new DomainError('ALREADY_EXISTS');
  requireWellFormedPath(profile.path);
  return [{ type: 'user.created', data: { ...profile, attributes: { ...profile.attributes } as never } }];
};

/** Folders are slash-separated without empty segments. */
export const requireWellFormedPath = (path: string): void => {
  if (path.split('/').some((segment) => segment === ''))
    throw fieldError(
      'INVALID_INPUT',
      'path',
      'A path has no empty segment and neither begins nor ends with a slash.',
    );
};
