import {
  groupTree,
  isSuperuser,
  withGroup,
  wouldCycle,
} from '../../domain/directory/group/effective-groups.js';
import type { group } from '../../domain/directory/group/model.js';
import { fieldError } from '../../domain/kernel/errors.js';
import type { StateOf } from '../../domain/kernel/model.js';
import { joinGroupTreeGuard, requireSuperuser } from '../directory/guard-superusers.js';
import type { GuardDeletion, Prepare } from './preparation.js';

type GroupState = StateOf<(typeof group)['fields']>;

/** Refuses cycles (`GROUP_CYCLE`) and a tree without a superuser (`LAST_SUPERUSER`), also when two changes meet. */
export const prepareGroup: Prepare<GroupState> = async (unit, { id, values, before }) => {
  if (before === null || (values.parents === undefined && values.isSuperuser === undefined)) return values;
  await joinGroupTreeGuard(unit);
  const tree = groupTree(unit.ports.config);
  const parents = values.parents ?? before.parents;
  if (wouldCycle(tree, id, parents)) throw fieldError('GROUP_CYCLE', 'parents');
  const after = withGroup(tree, id, { parents, isSuperuser: values.isSuperuser ?? before.isSuperuser });
  if (isSuperuser(tree, [id]) && !isSuperuser(after, [id])) await requireSuperuser(unit, { tree: after });
  return values;
};

/** Refuses to delete the group that makes the last superuser. */
export const guardGroupDeletion: GuardDeletion = async (unit, id) => {
  const tree = groupTree(unit.ports.config);
  if (!isSuperuser(tree, [id])) return;
  await joinGroupTreeGuard(unit);
  await requireSuperuser(unit, { tree: withGroup(tree, id, null) });
};
