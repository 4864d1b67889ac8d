import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { deleteUserCommand } from '../../commands/directory/delete-user.js';
import {
  grantMembershipCommand,
  revokeMembershipCommand,
} from '../../commands/directory/grant-membership.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { restoreObjectCommand } from '../../commands/history/restore-object.js';
import { revertEventCommand } from '../../commands/history/revert-event.js';
import { changeModelCommand } from '../../commands/model/change-model.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { mayUseApplication } from '../../domain/application/access.js';
import { application } from '../../domain/application/model.js';
import { effectiveGroups, groupTree } from '../../domain/directory/group/effective-groups.js';
import { group } from '../../domain/directory/group/model.js';
import { user, type User } from '../../domain/directory/user/user.js';
import { DomainError } from '../../domain/kernel/errors.js';
import type { RecordedEvent } from '../../domain/kernel/event.js';
import { models } from '../../domain/models.generated.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import type { ConfigView } from '../../domain/kernel/config-view.js';
import { ConfigModel } from '../../projections/config/config-model.js';
import { configAt, membershipsAt, positionAt } from '../../projections/history/query.js';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import { randomNumbers } from '../support/random.js';

let product: Product;
let client: Client;
let events: readonly RecordedEvent[];
const random = randomNumbers(42);
const steps = 180;

const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
const applications: string[] = [];
const groups: string[] = [];
const users: string[] = [];

/** One random act of an administrator. What the product refuses is part of the game. */
const act = async (): Promise<void> => {
  const { run } = product;
  const name = `n${String(random(1000))}`;
  switch (random(14)) {
    case 0:
      applications.push(
        (await run(createModelCommand(application as never), { values: { name, slug: name } })).id,
      );
      return;
    case 1:
      groups.push((await run(createModelCommand(group as never), { values: { name } })).id);
      return;
    case 2:
      users.push((await run(createUserCommand, { username: name })).userId);
      return;
    case 3:
    case 4:
      await run(changeModelCommand(application as never), {
        id: pick(applications),
        values: { name, hidden: random(2) === 1 },
      });
      return;
    case 5:
      await run(changeModelCommand(group as never), {
        id: pick(groups),
        values: { attributes: { n: random(9) }, parents: random(2) === 0 ? [pick(groups)] : [] },
      });
      return;
    case 6:
      await run(updateUserCommand, { userId: pick(users), name, isActive: random(2) === 1 });
      return;
    case 7:
    case 8:
      await run(random(3) === 0 ? revokeMembershipCommand : grantMembershipCommand, {
        groupId: pick(groups),
        userId: pick(users),
      });
      return;
    case 9: {
      const kind = random(3);
      if (kind === 0) await run(deleteModelCommand(application as never), { id: pick(applications) });
      else if (kind === 1) await run(deleteModelCommand(group as never), { id: pick(groups) });
      else await run(deleteUserCommand, { userId: pick(users) });
      return;
    }
    case 11:
    case 12: {
      const bound = random(2) === 0 ? { group: pick(groups) } : { user: pick(users) };
      await run(createModelCommand(policyBinding as never), {
        values: { target: pick(applications), ...bound, negate: random(4) === 0, order: random(9) },
      });
      return;
    }
    case 10: {
      const [category, id] = pick([
        ['application', pick(applications)],
        ['group', pick(groups)],
        ['user', pick(users)],
      ] as const);
      await run(restoreObjectCommand, { category, id });
      return;
    }
    default: {
      const head = await product.core.ports.store.head();
      const newest = await product.core.ports.store.readAll({ after: head - 12n, limit: 12 });
      const telling = newest.filter(({ type }) => /^(application|group|user|membership)\./.test(type));
      await run(revertEventCommand, { eventId: pick(telling).id });
    }
  }
};

beforeAll(async () => {
  product = await startProduct();
  client = new Client(product.baseUrl);
  applications.push(
    (await product.run(createModelCommand(application as never), { values: { name: 'a', slug: 'a' } })).id,
  );
  groups.push((await product.run(createModelCommand(group as never), { values: { name: 'g' } })).id);
  users.push((await product.run(createUserCommand, { username: 'u' })).userId);
  for (let step = 0; step < steps; step += 1)
    await act().catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
    });
  await product.settle();
  const { store, sealer } = product.core.ports;
  events = await sealer.openEvents(await store.readAll({ after: 0n, limit: 10_000 }));
});
afterAll(() => product.stop());

const upTo = (position: bigint): readonly RecordedEvent[] =>
  events.filter((event) => event.position <= position);

const show = (view: ConfigView): unknown[] =>
  models
    .flatMap((model) => view.all(model))
    .map(({ id, values, revision, position, createdAt, changedAt, model }) => ({
      id,
      model: model.name,
      values,
      revision,
      position,
      createdAt,
      changedAt,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

const positions = (): bigint[] => Array.from({ length: 40 }, () => BigInt(1 + random(events.length)));

describe('the past equals a fold of the log up to then', () => {
  it('has something of everything', () => {
    const types = new Set(events.map(({ type }) => type));
    for (const type of ['application.deleted', 'group.changed', 'membership.revoked', 'user.deleted'])
      expect(types).toContain(type);
    expect(events.some(({ meta, type }) => meta.reverts !== undefined && type.endsWith('.created'))).toBe(
      true,
    );
    expect(events.some(({ meta, type }) => meta.reverts !== undefined && type.endsWith('.changed'))).toBe(
      true,
    );
  });

  it('for the whole configuration, at any position', async () => {
    for (const position of positions()) {
      const folded = new ConfigModel();
      folded.apply(upTo(position));
      expect(show(await configAt(product.core.db, position))).toEqual(show(folded));
    }
  });

  it('for memberships, at any position', async () => {
    for (const position of positions()) {
      const edges = new Set<string>();
      for (const { type, data } of upTo(position)) {
        const { userId, groupId } = data as { userId: string; groupId: string };
        if (type === 'membership.granted') edges.add(`${userId} ${groupId}`);
        if (type === 'membership.revoked') edges.delete(`${userId} ${groupId}`);
      }
      const shown = await membershipsAt(product.core.db, position);
      expect(shown.map(({ userId, groupId }) => `${userId} ${groupId}`).sort()).toEqual([...edges].sort());
    }
  });

  it('at any time: that is the position of the latest event that had happened', async () => {
    const told = events.filter(({ type }) => !/^(activity|settings|grouptree)\./.test(type));
    const [first, last] = [told[0]!.at.getTime(), told.at(-1)!.at.getTime()];
    for (let round = 0; round < 40; round += 1) {
      const at = new Date(first + random(last - first + 1));
      const latest = told
        .filter((event) => event.at <= at)
        .sort((a, b) => a.at.getTime() - b.at.getTime() || Number(a.position - b.position))
        .at(-1)!;
      expect(await positionAt(product.core.db, at.toISOString())).toBe(latest.position);
    }
    expect(await positionAt(product.core.db, '1999-01-01T00:00:00Z')).toBe(0n);
  });

  it('by GraphQL for lists, single objects and what they refer to', async () => {
    for (const position of positions().slice(0, 10)) {
      const folded = new ConfigModel();
      folded.apply(upTo(position));
      const answer = await client.admin(
        'query($at: String!) { groups(first: 200, asOf: { position: $at }) { nodes { id name parents { id displayName } } } }',
        { at: String(position) },
      );
      const expected = folded.all(group).map(({ id, values }) => ({
        id,
        name: values.name,
        parents: values.parents.flatMap((parent) => {
          const found = folded.get(group, parent);
          return found ? [{ id: parent, displayName: found.values.name }] : [];
        }),
      }));
      const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
      expect([...answer.groups.nodes].sort(byId)).toEqual([...expected].sort(byId));
    }
  });

  it('for who could use an application, decided as a replay and the live engine would', async () => {
    let reports = 0;
    for (const position of positions()) {
      const folded = new ConfigModel();
      folded.apply(upTo(position));
      const active = new Map<string, boolean>();
      const edges = new Map<string, Set<string>>();
      for (const { type, data } of upTo(position)) {
        const { userId, groupId, isActive } = data as { userId: string; groupId: string; isActive: boolean };
        if (type === 'user.created') active.set(userId, isActive);
        if (type === 'user.activated' || type === 'user.deactivated')
          active.set(userId, type === 'user.activated');
        if (type === 'user.deleted') active.delete(userId);
        if (type === 'membership.granted')
          edges.set(userId, new Set([...(edges.get(userId) ?? []), groupId]));
        if (type === 'membership.revoked') edges.get(userId)?.delete(groupId);
      }
      for (const object of folded.all(application).slice(0, 2)) {
        const answer = await client.admin(
          'query($id: ID!, $at: String!) { accessReport(id: $id, at: { position: $at }, first: 200) { totalCount nodes { userId verdict paths { groupIds bindingId } } } }',
          { id: object.id, at: String(position) },
        );
        const expected = [...active].map(([userId, isActive]) => {
          const groupIds = effectiveGroups(groupTree(folded), [...(edges.get(userId) ?? [])]);
          const passing =
            isActive && mayUseApplication(folded, object, { userId: userId as never, groupIds }).passing;
          return { userId, verdict: passing ? 'ALLOWED' : 'DENIED' };
        });
        const told = answer.accessReport.nodes.map(({ userId, verdict }: any) => ({ userId, verdict }));
        expect(told).toEqual(expected.sort((a, b) => (a.userId < b.userId ? -1 : 1)));
        for (const { userId, paths } of answer.accessReport.nodes)
          for (const { groupIds, bindingId } of paths) {
            const bound = bindingId === null ? null : folded.get(policyBinding, bindingId)!.values;
            if (groupIds.length === 0) expect(bound === null || bound.user === userId).toBe(true);
            else expect([edges.get(userId)!.has(groupIds[0]), groupIds.at(-1)]).toEqual([true, bound!.group]);
          }
        reports += 1;
      }
    }
    expect(reports).toBeGreaterThan(10);
  });

  it('by GraphQL for users, with the groups they were in then', async () => {
    const { users: now } = await client.admin('{ users(first: 200) { nodes { id } } }');
    for (const { id } of now.nodes as { id: string }[]) {
      const position = BigInt(1 + random(events.length));
      const state = upTo(position)
        .filter(({ stream }) => stream === `user-${id}`)
        .reduce<User>((before, event) => user.evolve(before, event as never), user.initialState);
      const answer = await client.admin(
        'query($id: ID!, $at: String!) { user(id: $id) { asOf(position: $at) { username name isActive path groups { id } } } }',
        { id, at: String(position) },
      );
      if (state.status !== 'present') {
        expect(answer.user.asOf).toBeNull();
        continue;
      }
      const { groups: groupsThen, ...profile } = answer.user.asOf;
      const { username, name, isActive, path } = state;
      expect(profile).toEqual({ username, name, isActive, path });
      const view = await configAt(product.core.db, position);
      const edges = await membershipsAt(product.core.db, position, { userId: id });
      expect(groupsThen.map((found: { id: string }) => found.id).sort()).toEqual(
        edges
          .map(({ groupId }) => groupId)
          .filter((groupId) => view.get(group, groupId))
          .sort(),
      );
    }
  });
});
