import { fieldError } from '../../domain/kernel/errors.js';
import type { JsonObject } from '../../domain/kernel/field.js';
import type { Id } from '../../domain/kernel/ids.js';
import { Secret } from '../../domain/kernel/secret.js';
import { createUser } from '../../domain/directory/user/create-user.js';
import type { UserType } from '../../domain/directory/user/events.js';
import {
  preparePassword,
  requireSuitablePassword,
  setPassword,
} from '../../domain/directory/user/set-password.js';
import { updateUser, type UserPatch } from '../../domain/directory/user/update-user.js';
import { existing, user, type PresentUser } from '../../domain/directory/user/user.js';
import type { UnitOfWork } from '../unit-of-work.js';

const usernameClaim = 'user.username';

/** A name must not read like the address of somebody else, nor an address like somebody's name. */
const refuseForeignIdentifier = async (
  unit: UnitOfWork,
  value: string,
  otherField: 'username' | 'email',
  path: string,
  self: string | null,
): Promise<void> => {
  if (value === '') return;
  const other = await unit.ports.users.byIdentifier(value, [otherField], true);
  if (other && other.id !== self) throw fieldError('CLAIM_TAKEN', path);
};

/** Refuses a profile whose name or address belongs to somebody else. Throws `CLAIM_TAKEN` on username or e-mail. */
export const refuseTakenIdentifiers = async (
  unit: UnitOfWork,
  profile: { readonly username: string; readonly email: string },
  self: string | null,
): Promise<void> => {
  await refuseForeignIdentifier(unit, profile.username, 'email', 'username', self);
  await refuseForeignIdentifier(unit, profile.email, 'username', 'email', self);
};

/** Claims the name of a user who is created or comes back. */
export const claimUsername = (
  unit: UnitOfWork,
  { id, username }: { readonly id: string; readonly username: string },
): void => {
  unit.claimIdentifier(usernameClaim, 'username', { category: 'user', id }, username, null);
};

export interface UserProfile {
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly type: UserType;
  readonly path: string;
  readonly isActive: boolean;
  readonly attributes: JsonObject;
}

/** Stages `user.created` with its claim on the user name. Throws `CLAIM_TAKEN` on username or e-mail. */
export const stageNewUser = async (
  unit: UnitOfWork,
  profile: UserProfile,
  id?: Id<'user'>,
): Promise<{ readonly userId: Id<'user'>; readonly number: number }> => {
  const userId = id ?? unit.ports.ids.next('user');
  await refuseTakenIdentifiers(unit, profile, null);
  const number = await unit.ports.numbers.nextUserNumber();
  unit.append('user', userId, createUser({ status: 'absent' }, { userId, number, ...profile }));
  claimUsername(unit, { id: userId, username: profile.username });
  return { userId, number };
};

/** Stages what a patch changes of a user, claims included. Returns the user as he was. */
export const stageUserChange = async (
  unit: UnitOfWork,
  userId: Id<'user'>,
  patch: UserPatch,
): Promise<PresentUser> => {
  const state = await unit.load(user, userId);
  const before = existing(state);
  if (patch.username !== undefined && patch.username !== before.username)
    await refuseForeignIdentifier(unit, patch.username, 'email', 'username', userId);
  if (patch.email !== undefined && patch.email !== before.email)
    await refuseForeignIdentifier(unit, patch.email, 'username', 'email', userId);
  unit.append('user', userId, updateUser(state, patch));
  if (patch.username !== undefined)
    unit.claimIdentifier(
      usernameClaim,
      'username',
      { category: 'user', id: userId },
      patch.username,
      before.username,
    );
  return before;
};

/** Releases what a deleted user held. */
export const releaseUserClaims = (unit: UnitOfWork, before: PresentUser): void => {
  unit.claimIdentifier(usernameClaim, 'username', { category: 'user', id: before.id }, null, before.username);
};

interface PasswordOwner {
  readonly id: Id<'user'>;
  readonly username: string;
  readonly email: string;
}

/** Hashes a new password into the vault and stages `user.password.changed`, for a user who is being created or exists. */
export const stagePassword = async (
  unit: UnitOfWork,
  owner: PasswordOwner,
  password: string,
  path: string,
): Promise<void> => {
  requireSuitablePassword(password, owner, path);
  const prepared = preparePassword(password, path);
  const state = await unit.load(user, owner.id);
  const version = state.status === 'present' && state.credential ? state.credential.version + 1 : 1;
  const hash = await unit.ports.hasher.hash(prepared);
  const credential = unit.sealSecret('password', `user/${owner.id}/password`, version, new Secret(hash));
  const present = state.status === 'present' ? state : ({ status: 'present', ...owner } as PresentUser);
  unit.append('user', owner.id, setPassword(present, credential));
};
