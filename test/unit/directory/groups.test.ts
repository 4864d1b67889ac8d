import { describe, expect, it } from 'vitest';
import {
  effectiveGroups,
  groupAndDescendants,
  groupTree,
  isSuperuser,
  superuserGroups,
  withGroup,
  wouldCycle,
} from '../../../domain/directory/group/effective-groups.js';
import { group } from '../../../domain/directory/group/model.js';
import {
  grantMembership,
  membership,
  revokeMembership,
} from '../../../domain/directory/membership/membership.js';
import { configOf } from '../../support/config-of.js';
import { given } from '../../support/given.js';

const tree = groupTree(
  configOf([
    { model: group, id: 'root', values: { name: 'root', isSuperuser: true } },
    { model: group, id: 'middle', values: { name: 'middle', parents: ['root'] } },
    { model: group, id: 'leaf', values: { name: 'leaf', parents: ['middle', 'side'] } },
    { model: group, id: 'side', values: { name: 'side' } },
  ]),
);

describe('the group tree', () => {
  it('membership reaches all ancestors, through several parents', () => {
    expect([...effectiveGroups(tree, ['leaf'])].sort()).toEqual(['leaf', 'middle', 'root', 'side']);
    expect([...effectiveGroups(tree, ['gone'])]).toEqual([]);
  });

  it('superuser is inherited downwards', () => {
    expect(isSuperuser(tree, ['leaf'])).toBe(true);
    expect(isSuperuser(tree, ['side'])).toBe(false);
    expect([...superuserGroups(tree)].sort()).toEqual(['leaf', 'middle', 'root']);
    expect(isSuperuser(withGroup(tree, 'middle', { parents: [], isSuperuser: false }), ['leaf'])).toBe(false);
    expect(isSuperuser(withGroup(tree, 'root', null), ['middle'])).toBe(false);
  });

  it('members of descendants count', () => {
    expect([...groupAndDescendants(tree, 'middle')].sort()).toEqual(['leaf', 'middle']);
  });

  it('no group becomes its own ancestor', () => {
    expect(wouldCycle(tree, 'root', ['leaf'])).toBe(true);
    expect(wouldCycle(tree, 'root', ['root'])).toBe(true);
    expect(wouldCycle(tree, 'side', ['root'])).toBe(false);
  });

  it('a walk ends on a cycle that got into the data', () => {
    const looped = groupTree(
      configOf([
        { model: group, id: 'a', values: { name: 'a', parents: ['b'] } },
        { model: group, id: 'b', values: { name: 'b', parents: ['a'] } },
      ]),
    );
    expect([...effectiveGroups(looped, ['a'])].sort()).toEqual(['a', 'b']);
  });
});

describe('a membership', () => {
  const edge = { userId: 'u' as never, groupId: 'g' as never };

  it('is granted once and revoked once', () => {
    given(membership)
      .when((state) => grantMembership(state, edge))
      .then({ type: 'membership.granted', data: edge });
    given(membership, { type: 'membership.granted', data: edge })
      .when((state) => grantMembership(state, edge))
      .then();
    given(membership)
      .when((state) => revokeMembership(state, edge))
      .then();
    given(membership, { type: 'membership.granted', data: edge })
      .when((state) => revokeMembership(state, edge))
      .then({ type: 'membership.revoked', data: edge });
  });
});
