import type { ConfigView } from '../../kernel/config-view.js';
import type { Id } from '../../kernel/ids.js';
import { group } from './model.js';

interface GroupNode {
  readonly parents: readonly string[];
  readonly isSuperuser: boolean;
}

/** The group tree as it is, or as it would be after a change. */
export interface GroupTree {
  readonly ids: () => readonly string[];
  readonly get: (id: string) => GroupNode | undefined;
}

export const groupTree = (config: ConfigView): GroupTree => ({
  ids: () => config.all(group).map((object) => object.id),
  get: (id) => config.get(group, id)?.values,
});

/** The tree after one group has been changed, or deleted (`null`). */
export const withGroup = (tree: GroupTree, changed: string, node: GroupNode | null): GroupTree => ({
  ids: () => (node === null ? tree.ids().filter((id) => id !== changed) : tree.ids()),
  get: (id) => (id === changed ? (node ?? undefined) : tree.get(id)),
});

/** Groups that a direct membership reaches: the groups themselves and all their ancestors. Ends on cycles. */
export const effectiveGroups = (tree: GroupTree, direct: readonly string[]): ReadonlySet<Id<'group'>> => {
  const reached = new Set<Id<'group'>>();
  const open = [...direct];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const node = tree.get(id);
    if (!node || reached.has(id as Id<'group'>)) continue;
    reached.add(id as Id<'group'>);
    open.push(...node.parents);
  }
  return reached;
};

/** Whether direct memberships in these groups make a superuser. */
export const isSuperuser = (tree: GroupTree, direct: readonly string[]): boolean =>
  [...effectiveGroups(tree, direct)].some((id) => tree.get(id)?.isSuperuser);

/** Groups whose members are superusers: flagged ones and everything below them. */
export const superuserGroups = (tree: GroupTree): readonly string[] =>
  tree.ids().filter((id) => isSuperuser(tree, [id]));

/** A group and everything below it: direct members of these count as its members. */
export const groupAndDescendants = (tree: GroupTree, id: string): readonly string[] =>
  tree.ids().filter((candidate) => effectiveGroups(tree, [candidate]).has(id as Id<'group'>));

/** Whether giving a group these parents would make it its own ancestor. */
export const wouldCycle = (tree: GroupTree, id: string, parents: readonly string[]): boolean =>
  effectiveGroups(tree, parents).has(id as Id<'group'>);
