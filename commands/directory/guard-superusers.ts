import { groupTree, superuserGroups, type GroupTree } from '../../domain/directory/group/effective-groups.js';
import { groupTreeStream } from '../../domain/directory/group/group-tree.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { UnitOfWork } from '../unit-of-work.js';

const waitMs = 2000;

/** Makes this command one of a sequence: of two at the same time the second decides again, on the result of the first. */
export const joinGroupTreeGuard = async (unit: UnitOfWork): Promise<void> => {
  const { store, readModels } = unit.ports;
  const before = await unit.events(`${groupTreeStream.category}-${groupTreeStream.id}`);
  // What the one before stored stands beside its guard, and possibly behind it.
  if (before.length > 0) await readModels.waitFor(await store.head(), waitMs, ['directory', 'config']);
  unit.append(groupTreeStream.category, groupTreeStream.id, [{ type: 'grouptree.guarded', data: {} }]);
};

/**
 * Refuses with `LAST_SUPERUSER` a state in which no active superuser is left: after a changed tree, or without one user.
 * To be asked after `joinGroupTreeGuard`.
 */
export const requireSuperuser = async (
  unit: UnitOfWork,
  after: { readonly tree?: GroupTree; readonly without?: string },
): Promise<void> => {
  const superusers = await unit.ports.users.memberIds(
    superuserGroups(after.tree ?? groupTree(unit.ports.config)),
  );
  if (superusers.every((id) => id === after.without)) throw new DomainError('LAST_SUPERUSER');
};

/** Refuses to take the last active superuser away by the loss of one user. */
export const guardSuperusers = async (unit: UnitOfWork, without: string): Promise<void> => {
  await joinGroupTreeGuard(unit);
  await requireSuperuser(unit, { without });
};
