import { DomainError, fieldError } from '../../kernel/errors.js';
import type { SecretRef } from '../../kernel/secret.js';
import { normalise } from '../../kernel/claims.js';
import type { UserEvent } from './events.js';
import { existing, type User } from './user.js';

export const passwordMaxBytes = 1024;

/** `user.password.changed`. Throws `NOT_FOUND`, `RESERVED_TYPE` for accounts that the product owns. */
export const setPassword = (state: User, credential: SecretRef): UserEvent[] => {
  const user = existing(state);
  if (user.type === 'internal_service_account') throw new DomainError('RESERVED_TYPE');
  return [{ type: 'user.password.changed', data: { userId: user.id, credential } }];
};

/** The form of a password that is hashed: NFKC. Throws when it is empty or longer than 1024 bytes; never truncates. */
export const preparePassword = (password: string, path = 'password'): string => {
  const prepared = password.normalize('NFKC');
  const bytes = new TextEncoder().encode(prepared).length;
  if (bytes < 1 || bytes > passwordMaxBytes)
    throw fieldError('INVALID_INPUT', path, 'A password has 1 to 1024 bytes.');
  return prepared;
};

const minimumLength = 8;

/** What every new password must meet; site rules come on top as policies. Throws `PASSWORD_UNSUITABLE`. */
export const requireSuitablePassword = (
  password: string,
  owner: { readonly username: string; readonly email: string },
  path = 'password',
): void => {
  if (Array.from(password).length < minimumLength)
    throw fieldError('PASSWORD_UNSUITABLE', path, `Use at least ${String(minimumLength)} characters.`);
  const forbidden = [owner.username, owner.email].filter((value) => value !== '').map(normalise);
  if (forbidden.includes(normalise(password)))
    throw fieldError(
      'PASSWORD_UNSUITABLE',
      path,
      'The password must not be the user name or e-mail address.',
    );
};
