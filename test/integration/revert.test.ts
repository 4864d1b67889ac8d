import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { setPasswordCommand } from '../../commands/directory/set-password.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { eraseSubjectCommand } from '../../commands/privacy/erase-subject.js';
import { readPastUser } from '../../commands/history/read-past-user.js';
import { restoreObjectCommand } from '../../commands/history/restore-object.js';
import { restoreWindowMs } from '../../domain/history/restore-window.js';
import type { Model } from '../../domain/kernel/model.js';
import { models } from '../../domain/models.generated.js';
import { historySchema } from '../../projections/history/table.js';
import { restWithoutSecrets } from '../../commands/sink/rest-without-secrets.js';
import { Client } from '../support/client.js';
import { later } from '../support/later.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import { findFurniture, requiredValues } from '../support/required-values.js';
import { secretValue, validValues } from '../support/valid-values.js';

let product: Product;
let client: Client;
const bearer = { authorization: `Bearer ${adminToken}` };
const password = 'a long enough password';

beforeAll(async () => {
  product = await startProduct();
  client = new Client(product.baseUrl);
});
afterAll(() => product.stop());

interface Refusal {
  readonly code: string;
  readonly fields: readonly string[];
}

const ask = async (
  query: string,
  variables: object = {},
  asker = client,
  headers: Record<string, string> = bearer,
): Promise<any> => {
  const { body } = await asker.graphql(query, variables as Record<string, unknown>, headers);
  if (!body.errors) return body.data;
  const { code, fields = [] } = body.errors[0].extensions;
  return { code, fields: fields.map(({ path }: { path: string }) => path) } satisfies Refusal;
};

const createApplication = async (name: string, over: object = {}): Promise<string> =>
  (
    await client.admin(
      'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
      { input: { name, slug: name, ...over } },
    )
  ).createApplication.application.id;

const update = (id: string, input: object): Promise<any> =>
  client.admin(
    'mutation($id: ID!, $input: UpdateApplicationInput!) { updateApplication(id: $id, input: $input) { position } }',
    { id, input },
  );

const remove = (type: string, id: string): Promise<any> =>
  client.admin(`mutation($id: ID!) { delete${type}(id: $id) { position } }`, { id });

const entries = async (type: string, id: string): Promise<any[]> => {
  await product.settle();
  return (
    await client.admin(
      'query($type: String!, $id: ID!) { entityHistory(type: $type, id: $id) { nodes { id action reverts canRevert position actor { type } changes { field before after beforeLabel afterLabel } } } }',
      { type, id },
    )
  ).entityHistory.nodes;
};

const newest = async (type: string, id: string): Promise<string> => (await entries(type, id))[0].id as string;

const revert = (id: string, asker = client, headers?: Record<string, string>): Promise<any> =>
  ask(
    'mutation($id: ID!) { revertEvent(id: $id) { targetType targetId kept position } }',
    { id },
    asker,
    headers,
  );
const preview = (id: string, asker = client, headers?: Record<string, string>): Promise<any> =>
  ask(
    'query($id: ID!) { revertPreview(id: $id) { way targetType targetId targetLabel changedSince kept changes { field before after } } }',
    { id },
    asker,
    headers,
  );
const restore = (type: string, id: string): Promise<any> =>
  ask('mutation($type: String!, $id: ID!) { restoreEntity(type: $type, id: $id) { targetId kept } }', {
    type,
    id,
  });

const read = async (id: string): Promise<any> =>
  (
    await client.admin(
      'query($id: ID!) { application(id: $id) { name slug hidden group publisher revision } }',
      { id },
    )
  ).application;

describe('a change of a model', () => {
  it('is shown, taken back on record, and a revert is taken back alike', async () => {
    const id = await createApplication('revert-me');
    await update(id, { name: 'renamed', hidden: true });
    const change = await newest('application', id);
    expect((await preview(change)).revertPreview).toEqual({
      way: 'change',
      targetType: 'application',
      targetId: id,
      targetLabel: 'renamed',
      changedSince: [],
      kept: [],
      changes: [
        { field: 'name', before: 'renamed', after: 'revert-me' },
        { field: 'hidden', before: true, after: false },
      ],
    });
    expect((await revert(change)).revertEvent.targetId).toBe(id);
    expect(await read(id)).toMatchObject({ name: 'revert-me', hidden: false });
    const [latest] = await entries('application', id);
    expect(latest).toMatchObject({ action: 'model_updated', reverts: change, canRevert: true });
    await revert(latest.id);
    expect(await read(id)).toMatchObject({ name: 'renamed', hidden: true });
    expect((await entries('application', id))[0].reverts).toBe(latest.id);
  });

  it('is refused when a field was changed since, by name; other fields do not stand in the way', async () => {
    const id = await createApplication('contested');
    await update(id, { name: 'first', publisher: 'p' });
    const change = await newest('application', id);
    await update(id, { hidden: true });
    await update(id, { publisher: 'q' });
    expect((await preview(change)).revertPreview.changedSince).toEqual(['publisher']);
    expect(await revert(change)).toEqual({ code: 'CHANGED_SINCE', fields: ['publisher'] });
    await update(id, { publisher: 'p' });
    await revert(change);
    expect(await read(id)).toMatchObject({ name: 'contested', publisher: '', hidden: true });
    expect(await revert(change)).toEqual({ code: 'CHANGED_SINCE', fields: ['name', 'publisher'] });
  });

  it('at the same time as another change of the same field has one winner', async () => {
    const id = await createApplication('race');
    await update(id, { name: 'taken' });
    const change = await newest('application', id);
    const [reverted] = await Promise.all([revert(change), update(id, { name: 'third' })]);
    const { name } = await read(id);
    if (reverted.code === undefined) expect(['third']).toContain(name);
    else expect([reverted, name]).toEqual([{ code: 'CHANGED_SINCE', fields: ['name'] }, 'third']);
  });

  it('that created it is taken back by a deletion, unless it was edited', async () => {
    const id = await createApplication('short-lived');
    const creation = await newest('application', id);
    expect((await preview(creation)).revertPreview.way).toBe('delete');
    await update(id, { hidden: true });
    expect(await revert(creation)).toEqual({ code: 'CHANGED_SINCE', fields: ['hidden'] });
    await revert(await newest('application', id));
    const other = await createApplication('short-lived-too');
    await revert(await newest('application', other));
    expect(await read(other)).toBeNull();
  });

  it('does not bring a secret back', async () => {
    const { createNotificationTransport } = await client.admin(
      'mutation { createNotificationTransport(input: { name: "hook", mode: webhook, webhookUrl: "https://a.example.com/", webhookSecret: "first-secret-of-the-hook" }) { notificationTransport { id } } }',
    );
    const id = createNotificationTransport.notificationTransport.id as string;
    const change = (input: string): Promise<any> =>
      client.admin(`mutation { updateNotificationTransport(id: "${id}", input: ${input}) { position } }`);
    await change('{ name: "hook two", webhookSecret: "second-secret-of-the-hook" }');
    const both = await newest('notificationtransport', id);
    expect((await preview(both)).revertPreview).toMatchObject({
      kept: ['webhookSecret'],
      changes: [{ field: 'name', before: 'hook two', after: 'hook' }],
    });
    expect((await revert(both)).revertEvent.kept).toEqual(['webhookSecret']);
    const shown = await client.admin(
      `mutation { viewNotificationTransportSecret(id: "${id}", field: "webhookSecret") { value } }`,
    );
    expect(shown.viewNotificationTransportSecret.value).toBe('second-secret-of-the-hook');
    await change('{ webhookSecret: "third-secret-of-the-hook" }');
    expect(await revert(await newest('notificationtransport', id))).toEqual({
      code: 'NOT_REVERTIBLE',
      fields: [],
    });
  });
});

describe('users and memberships', () => {
  it('a profile edit is taken back as a whole', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'edited', name: 'Before' });
    await client.admin(
      `mutation { updateUser(id: "${userId}", input: { username: "renamed", name: "After", isActive: false }) { position } }`,
    );
    const change = await newest('user', userId);
    await revert(change);
    const { user } = await client.admin(`{ user(id: "${userId}") { username name isActive } }`);
    expect(user).toEqual({ username: 'edited', name: 'Before', isActive: true });
    // The name is free again: the claim went with it.
    await product.run(createUserCommand, { username: 'renamed' });
    expect(await revert(await newest('user', userId))).toEqual({ code: 'CLAIM_TAKEN', fields: ['username'] });
  });

  it('a password is not taken back', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'secretive' });
    await product.run(setPasswordCommand, { userId, password });
    const [entry] = await entries('user', userId);
    expect(entry).toMatchObject({ action: 'password_set', canRevert: false });
    expect(await revert(entry.id)).toEqual({ code: 'NOT_REVERTIBLE', fields: [] });
  });

  it('a membership is revoked and granted again', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'member' });
    const { createGroup } = await client.admin(
      'mutation { createGroup(input: { name: "club" }) { group { id } } }',
    );
    const groupId = createGroup.group.id as string;
    await client.admin(
      `mutation { grantMembership(groupId: "${groupId}", userId: "${userId}") { position } }`,
    );
    const grant = await newest('group', groupId);
    await revert(grant);
    const members = async (): Promise<number> =>
      (await client.admin(`{ group(id: "${groupId}") { memberCount } }`)).group.memberCount;
    expect(await members()).toBe(0);
    expect(await revert(grant)).toEqual({ code: 'CHANGED_SINCE', fields: ['users'] });
    await revert(await newest('group', groupId));
    expect(await members()).toBe(1);
  });

  it('a deleted user comes back with number, groups and bindings, without password; the session stays ended', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'lazarus', email: 'l@example.com' });
    await product.run(setPasswordCommand, { userId, password });
    const session = new Client(product.baseUrl);
    await session.login('lazarus', password);
    const { createGroup } = await client.admin(
      'mutation { createGroup(input: { name: "apostles" }) { group { id } } }',
    );
    const groupId = createGroup.group.id as string;
    await client.admin(
      `mutation { grantMembership(groupId: "${groupId}", userId: "${userId}") { position } }`,
    );
    const target = await createApplication('bound-to-lazarus');
    await client.admin(
      `mutation { createPolicyBinding(input: { target: "${target}", user: "${userId}" }) { position } }`,
    );
    const shown = `{ user(id: "${userId}") { username email number hasPassword groups { id } usedBy } }`;
    const before = (await client.admin(shown)).user;
    await remove('User', userId);
    await product.settle();
    const { deletedEntities } = await client.admin(
      '{ deletedEntities { nodes { type id label deletion } } }',
    );
    const listed = deletedEntities.nodes.find((node: { id: string }) => node.id === userId);
    expect(listed).toMatchObject({ type: 'user', label: 'lazarus' });
    expect((await preview(listed.deletion)).revertPreview).toMatchObject({
      way: 'restore',
      kept: ['password'],
    });
    expect((await restore('user', userId)).restoreEntity).toEqual({ targetId: userId, kept: ['password'] });
    expect((await client.admin(shown)).user).toEqual({ ...before, hasPassword: false });
    expect((await session.graphql('{ me { user { id } } }')).body.data?.me?.user ?? null).toBeNull();
    expect((await new Client(product.baseUrl).login('lazarus', password)).body.component).toBe(
      'ak-stage-password',
    );
    const again = await client.admin('{ deletedEntities { nodes { id } } }');
    expect(again.deletedEntities.nodes.map((node: { id: string }) => node.id)).not.toContain(userId);
  });
});

describe('D2: somebody who was erased', () => {
  it('stays erased in the past, and does not come back', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'forgotten', name: 'For Gotten' });
    await product.settle();
    const then = String(await product.core.ports.store.head());
    await product.run(eraseSubjectCommand, { userId, legalBasis: 'objection' }, { reason: 'asked for it' });
    expect(await restore('user', userId)).toEqual({ code: 'NOT_REVERTIBLE', fields: [] });
    const { store, sealer } = product.core.ports;
    const rows = await sql<{
      row: unknown;
    }>`select to_jsonb(v) as row from ${historySchema.table('version')} v where id = ${userId}`.execute(
      product.core.db,
    );
    expect(rows.rows.length).toBe(1);
    expect(JSON.stringify(rows.rows)).not.toMatch(/forgotten|For Gotten/);
    const past = await vi.waitFor(async () => {
      const found = await readPastUser({ store, sealer }, userId, BigInt(then));
      expect(found?.state.username).toBe('[erased]');
      return found;
    }, 5000);
    expect(JSON.stringify(past?.state)).not.toMatch(/forgotten|For Gotten/);
    const { deletedEntities } = await client.admin('{ deletedEntities { nodes { id label } } }');
    expect(JSON.stringify(deletedEntities)).not.toMatch(/forgotten|For Gotten/);
  });
});

describe('a deleted object', () => {
  it('comes back with the bindings that guard it, never open to more people than before', async () => {
    const id = await createApplication('guarded');
    const { groups } = await client.admin('{ groups { nodes { id } } }');
    const bound = await client.admin(
      `mutation { createPolicyBinding(input: { target: "${id}", group: "${groups.nodes[0].id as string}" }) { policyBinding { id } } }`,
    );
    await remove('Application', id);
    const binding = bound.createPolicyBinding.policyBinding.id as string;
    expect(await restore('policybinding', binding)).toEqual({ code: 'INVALID_INPUT', fields: ['target'] });
    await restore('application', id);
    const { application } = await client.admin(
      `{ application(id: "${id}") { name usedBy { objects { object { id } } } } }`,
    );
    expect(application.usedBy.objects.map((usage: any) => usage.object.id)).toEqual([binding]);
    const [latest, deletion] = await entries('application', id);
    expect(latest).toMatchObject({ action: 'model_created', reverts: deletion.id });
    await revert(latest.id);
    expect(await read(id)).toBeNull();
  });

  it('a group comes back with its members', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'faithful' });
    const { createGroup } = await client.admin(
      'mutation { createGroup(input: { name: "phoenix" }) { group { id } } }',
    );
    const id = createGroup.group.id as string;
    await client.admin(`mutation { grantMembership(groupId: "${id}", userId: "${userId}") { position } }`);
    await remove('Group', id);
    expect((await client.admin(`{ user(id: "${userId}") { groups { id } } }`)).user.groups).toEqual([]);
    await restore('group', id);
    expect((await client.admin(`{ user(id: "${userId}") { groups { id } } }`)).user.groups).toEqual([{ id }]);
  });

  it('does not come back over a name that somebody else has taken', async () => {
    const id = await createApplication('popular');
    await remove('Application', id);
    await createApplication('popular');
    expect(await restore('application', id)).toEqual({ code: 'CLAIM_TAKEN', fields: ['slug'] });
  });

  it('does not come back twice, nor never having been, nor after thirty days', async () => {
    const id = await createApplication('aged');
    expect(await restore('application', id)).toEqual({ code: 'ALREADY_EXISTS', fields: [] });
    expect(await restore('application', '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f')).toEqual({
      code: 'NOT_FOUND',
      fields: [],
    });
    expect(await restore('session', id)).toEqual({ code: 'NOT_REVERTIBLE', fields: [] });
    await remove('Application', id);
    const input = { category: 'application', id };
    await expect(
      later(product, restoreWindowMs + 60_000, () => product.run(restoreObjectCommand, input)),
    ).rejects.toMatchObject({ code: 'RESTORE_EXPIRED' });
    await product.run(restoreObjectCommand, input);
    expect((await read(id)).name).toBe('aged');
  });
});

let seed = 0;
/** Creates an object of a model with every secret set, and before it whatever it must refer to. */
const create = async (model: Model): Promise<string> => {
  seed += 1;
  const references = new Map<string, string>();
  for (const spec of Object.values(model.specs))
    if (spec.kind === 'ref' && spec.initial === undefined && !references.has(spec.target)) {
      const target = models.find(
        (candidate) =>
          candidate.name === spec.target ||
          candidate.family?.name === spec.target ||
          (spec.target.startsWith('trait:') && candidate.traits.includes(spec.target.slice(6))),
      );
      if (target) references.set(spec.target, await create(target));
    }
  const secrets = Object.entries(model.specs).filter(([, spec]) => spec.kind === 'secret' && !spec.internal);
  const furniture = await findFurniture(client);
  const { id } = await product.run(createModelCommand(model), {
    values: {
      ...validValues(model, `r${String(seed)}`, (target) => references.get(target)!),
      ...Object.fromEntries(secrets.map(([field]) => [field, secretValue(model, field).value])),
      ...requiredValues(model, `restored_${String(seed)}`, furniture),
    },
  });
  return id;
};

describe.each(models.map((model) => [model.name, model] as const))('D1: %s restored', (_name, model) => {
  it('is what it was but for its secrets, which are new or empty and said so', async () => {
    const id = await create(model);
    const { config } = product.core.ports;
    const before = config.byId(id)!.values;
    await product.run(deleteModelCommand(model), { id });
    expect(config.byId(id)).toBeUndefined();
    const { emptySecrets } = await product.run(restoreObjectCommand, { category: model.category, id });
    const after = config.byId(id)!.values;
    const expected = restWithoutSecrets(model, before, emptySecrets);
    for (const [field, spec] of Object.entries(model.specs)) {
      if (spec.kind !== 'secret') expect([field, after[field]]).toEqual([field, expected[field]]);
      else if (before[field] === null) expect(after[field]).toBeNull();
      else if (spec.generated)
        expect((after[field] as { fingerprint: string }).fingerprint).not.toBe(
          (before[field] as { fingerprint: string }).fingerprint,
        );
      else {
        expect(after[field]).toBeNull();
        expect(emptySecrets).toContain(field);
      }
    }
    expect(config.byId(id)!.revision).toBe(2);
  });
});

describe('C1: rights', () => {
  it('the past and the way back ask for the rights of the present', async () => {
    const { userId } = await product.run(createUserCommand, { username: 'nobody' });
    await product.run(setPasswordCommand, { userId, password });
    const plain = new Client(product.baseUrl);
    await plain.login('nobody', password);
    const id = await createApplication('private');
    await update(id, { name: 'very private' });
    const [change] = await entries('application', id);
    const refused = { code: 'FORBIDDEN', fields: [] };
    expect(await revert(change.id, plain, {})).toEqual(refused);
    expect(await preview(change.id, plain, {})).toEqual(refused);
    await remove('Application', id);
    const [deletion] = await entries('application', id);
    expect(await revert(deletion.id, plain, {})).toEqual(refused);
    expect(await preview(deletion.id, plain, {})).toEqual(refused);
    expect(
      await ask(
        'mutation($id: ID!) { restoreEntity(type: "application", id: $id) { position } }',
        { id },
        plain,
        {},
      ),
    ).toEqual(refused);
    expect(
      await ask(
        'query($id: ID!, $at: DateTime!) { entityDiff(type: "application", id: $id, from: { at: $at }, to: { position: "1" }) { path } }',
        { id, at: '2020-01-01T00:00:00Z' },
        plain,
        {},
      ),
    ).toEqual(refused);
    expect(await ask('{ deletedEntities { nodes { id } } }', {}, plain, {})).toEqual({
      deletedEntities: { nodes: [] },
    });
    expect(
      await ask(`{ entityHistory(type: "application", id: "${id}") { nodes { id } } }`, {}, plain, {}),
    ).toEqual({
      entityHistory: { nodes: [] },
    });
    const seenAsOf = await ask(
      `{ flows(asOf: { at: "2020-01-01T00:00:00Z" }) { nodes { id } } }`,
      {},
      plain,
      {},
    );
    expect(seenAsOf).toEqual(refused);
    // What concerns oneself is one's own to read, in the past as well.
    const own = await ask(
      `{ user(id: "${userId}") { asOf(at: "2020-01-01T00:00:00Z") { id } } }`,
      {},
      plain,
      {},
    );
    expect(own).toEqual({ user: { asOf: null } });
    const stranger = new Client(product.baseUrl);
    expect((await revert(change.id, stranger, {})).code).toBe('UNAUTHENTICATED');
  });
});

describe('names as they were then', () => {
  it('stand in the history and in a comparison', async () => {
    const { createGroup } = await client.admin(
      'mutation { createGroup(input: { name: "old name" }) { group { id } position } }',
    );
    const parent = createGroup.group.id as string;
    const made = await client.admin(
      `mutation { createGroup(input: { name: "child" }) { group { id } position } }`,
    );
    const child = made.createGroup.group.id as string;
    const { updateGroup } = await client.admin(
      `mutation { updateGroup(id: "${child}", input: { parents: ["${parent}"], attributes: { team: { size: 3 } } }) { position } }`,
    );
    await client.admin(`mutation { updateGroup(id: "${parent}", input: { name: "new name" }) { position } }`);
    const [entry] = await entries('group', child);
    expect(entry.changes.find((change: any) => change.field === 'parents').afterLabel).toBe('old name');
    const compare =
      'query($id: ID!, $from: PointInTime!, $to: PointInTime!) { entityDiff(type: "group", id: $id, from: $from, to: $to) { path before after afterLabel } }';
    const differences = await client.admin(compare, {
      id: child,
      from: { position: made.createGroup.position },
      to: { position: updateGroup.position },
    });
    expect(differences.entityDiff).toEqual([
      { path: '/parents', before: [], after: [parent], afterLabel: 'old name' },
      { path: '/attributes/team', before: null, after: { size: 3 }, afterLabel: null },
    ]);
    const both = await ask(compare, { id: child, from: {}, to: { position: '1' } });
    expect(both).toEqual({ code: 'INVALID_INPUT', fields: ['from'] });
    const foreign = await ask(compare, { id: child, from: { position: 'other.1' }, to: { position: '1' } });
    expect(foreign.code).toBe('INVALID_INPUT');
    const then = await client.admin(
      'query($id: ID!, $at: String!) { group(id: $id) { asOf(position: $at) { displayName ... on Group { parents { displayName } } } } }',
      { id: child, at: updateGroup.position },
    );
    expect(then.group.asOf).toEqual({ displayName: 'child', parents: [{ displayName: 'old name' }] });
  });
});
