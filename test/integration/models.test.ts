import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../domain/kernel/model.js';
import { models } from '../../domain/models.generated.js';
import { mutationField, payloadField } from '../../domain/kernel/api-names.js';
import { Client } from '../support/client.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import { findFurniture, requiredValues, type Furniture } from '../support/required-values.js';
import { secretValue, validValues } from '../support/valid-values.js';

let product: Product;
let client: Client;
const bearer = { authorization: `Bearer ${adminToken}` };

beforeAll(async () => {
  product = await startProduct();
  client = new Client(product.baseUrl);
});
afterAll(() => product.stop());

let seed = 0;

/** Creates an object of a model, and before it whatever it must refer to. */
const create = async (
  model: Model,
  over: Record<string, unknown> = {},
): Promise<{ id: string; values: Record<string, unknown> }> => {
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
      if (target) references.set(spec.target, (await create(target, demanded(target))).id);
    }
  const values = { ...validValues(model, `n${String(seed)}`, (target) => references.get(target)!), ...over };
  const field = mutationField('create', model);
  const data = await client.admin(
    `mutation($input: Create${model.typeName}Input!) { ${field}(input: $input) { ${payloadField(model)} { id } } }`,
    { input: values },
  );
  return { id: data[field][payloadField(model)].id as string, values };
};

let furniture: Furniture;
const demanded = (model: Model): Record<string, unknown> =>
  requiredValues(model, `key_${String(seed)}`, furniture);

beforeAll(async () => {
  furniture = await findFurniture(client);
});

describe.each(models.map((model) => [model.name, model] as const))('%s by GraphQL', (_name, model) => {
  const type = model.typeName;

  it('is created, found, changed, and deleted, each step on record', async () => {
    const { id } = await create(model, demanded(model));
    const labelIsText = model.specs[model.label]!.kind === 'text';
    const update = mutationField('update', model);
    const patch =
      labelIsText && !model.specs[model.label]!.immutable
        ? { [model.label]: validValues(model, `changed${String(seed)}`)[model.label] }
        : { order: 77 };
    const changed = await client.admin(
      `mutation($input: Update${type}Input!) { ${update}(id: "${id}", input: $input) { ${payloadField(model)} { id revision displayName } position } }`,
      { input: patch },
    );
    expect(changed[update][payloadField(model)]).toMatchObject({
      id,
      revision: 1,
      displayName: String(Object.values(patch)[0]),
    });
    const remove = mutationField('delete', model.family ?? model);
    const deleted = await client.graphql(`mutation { ${remove}(id: "${id}") { id position } }`, {}, bearer);
    expect(deleted.body.data[remove].id).toBe(id);
    await product.settle();
    const log = await client.admin(
      `{ auditEntries(filter: { targetId: "${id}" }) { nodes { action actor { label } } } }`,
    );
    expect(log.auditEntries.nodes.map((entry: any) => entry.action)).toEqual([
      'model_deleted',
      'model_updated',
      'model_created',
    ]);
  });

  it('refuses an empty patch nothing, an unknown id, and a foreign revision', async () => {
    const { id } = await create(model, demanded(model));
    const update = mutationField('update', model);
    const before = await product.core.ports.store.head();
    const same = await client.admin(
      `mutation { ${update}(id: "${id}", input: {}) { ${payloadField(model)} { revision } } }`,
    );
    expect(same[update][payloadField(model)].revision).toBe(0);
    expect(await product.core.ports.store.head()).toBe(before);
    const unknown = await client.graphql(
      `mutation { ${update}(id: "018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f", input: {}) { position } }`,
      {},
      bearer,
    );
    expect(unknown.body.errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('D1: no secret comes back, from no field', async () => {
    const secrets = Object.entries(model.specs).filter(
      ([, spec]) => spec.kind === 'secret' && !spec.internal,
    );
    if (secrets.length === 0) return;
    const over = {
      ...demanded(model),
      ...Object.fromEntries(secrets.map(([name]) => [name, secretValue(model, name).value])),
    };
    const { id } = await create(model, over);
    await product.settle();
    const field = model.family ? model.family.name : payloadField(model);
    const fields = secrets.map(([name]) => `${name} { version }`).join(' ');
    const read = await client.graphql(
      `{ ${field}(id: "${id}") { id ... on ${type} { ${fields} history { nodes { changes { field before after } } } } } }`,
      {},
      bearer,
    );
    expect(read.body.errors).toBeUndefined();
    expect(read.text).toContain('********');
    for (const [name] of secrets) expect(read.text).not.toContain(secretValue(model, name).canary);
  });
});

describe('references', () => {
  const flow = models.find((model) => model.name === 'flow')!;
  const binding = models.find((model) => model.name === 'stage_binding')!;
  const brand = models.find((model) => model.name === 'brand')!;

  it('name what uses an object, with the effect of its deletion, and deletion does just that', async () => {
    const target = await create(flow);
    const bound = await create(binding, { target: target.id });
    const owner = await create(brand, { flowAuthentication: target.id });
    const { flow: before } = await client.admin(
      `{ flow(id: "${target.id}") { usedBy { hidden objects { field effect object { id model } } } } }`,
    );
    expect(before.usedBy.objects).toHaveLength(2);
    expect(before.usedBy.objects).toEqual(
      expect.arrayContaining([
        { field: 'target', effect: 'cascade', object: { id: bound.id, model: 'stage_binding' } },
        { field: 'flowAuthentication', effect: 'set_null', object: { id: owner.id, model: 'brand' } },
      ]),
    );
    await client.admin(`mutation { deleteFlow(id: "${target.id}") { position } }`);
    const after = await client.admin(
      `{ stageBinding(id: "${bound.id}") { id } brand(id: "${owner.id}") { flowAuthenticationId } }`,
    );
    expect(after).toEqual({ stageBinding: null, brand: { flowAuthenticationId: null } });
  });

  it('to what does not exist, or is of another kind, are refused at the field', async () => {
    const stage = (await client.admin('{ stages(first: 1) { nodes { id } } }')).stages.nodes[0].id as string;
    for (const wrong of [stage, '018f2f6e-7b1c-7c3a-9c55-0a4b3c2d1e0f']) {
      const answer = await client.graphql(
        'mutation($f: ID) { createBrand(input: { domain: "x.example.com", flowAuthentication: $f }) { position } }',
        { f: wrong },
        bearer,
      );
      expect(answer.body.errors[0].extensions).toMatchObject({
        code: 'INVALID_INPUT',
        fields: [{ path: 'flowAuthentication', code: 'REFERENCE' }],
      });
    }
  });

  it('a unique value is free again after deletion and after renaming', async () => {
    const first = await create(flow, { slug: 'contested' });
    const taken = await client.graphql(
      'mutation { createFlow(input: { name: "x", slug: "Contested", title: "x", designation: recovery }) { position } }',
      {},
      bearer,
    );
    expect(taken.body.errors[0].extensions).toMatchObject({
      code: 'CLAIM_TAKEN',
      fields: [{ path: 'slug' }],
    });
    await client.admin(
      `mutation { updateFlow(id: "${first.id}", input: { slug: "elsewhere" }) { position } }`,
    );
    const second = await create(flow, { slug: 'contested' });
    await client.admin(`mutation { deleteFlow(id: "${second.id}") { position } }`);
    await create(flow, { slug: 'contested' });
  });

  it('an edit that others have overtaken is refused on the same field, written on another', async () => {
    const { id } = await create(flow);
    await client.admin(
      `mutation { updateFlow(id: "${id}", input: { title: "theirs" }, expectedRevision: 0) { position } }`,
    );
    await client.admin(
      `mutation { updateFlow(id: "${id}", input: { name: "mine" }, expectedRevision: 0) { position } }`,
    );
    const conflict = await client.graphql(
      `mutation { updateFlow(id: "${id}", input: { title: "mine" }, expectedRevision: 0) { position } }`,
      {},
      bearer,
    );
    expect(conflict.body.errors[0].extensions).toMatchObject({
      code: 'REVISION_CONFLICT',
      fields: [{ path: 'title' }],
    });
    expect((await client.admin(`{ flow(id: "${id}") { title name } }`)).flow).toEqual({
      title: 'theirs',
      name: 'mine',
    });
  });

  it('an absent variable inside an input leaves the field alone, however often the mutation ran', async () => {
    const { id } = await create(brand);
    const authentication = (
      await client.admin('{ flows(search: "default-authentication-flow") { nodes { id } } }')
    ).flows.nodes[0].id as string;
    await client.admin(
      `mutation { updateBrand(id: "${id}", input: { flowAuthentication: "${authentication}" }) { position } }`,
    );
    for (let n = 0; n < 5; n += 1)
      await client.admin(
        `mutation($f: ID, $t: String) { updateBrand(id: "${id}", input: { flowAuthentication: $f, title: $t }) { position } }`,
        { t: `title ${String(n)}` },
      );
    expect((await client.admin(`{ brand(id: "${id}") { flowAuthenticationId title } }`)).brand).toEqual({
      flowAuthenticationId: authentication,
      title: 'title 4',
    });
  });

  it('groups refuse cycles, also when two changes meet', async () => {
    const group = models.find((model) => model.name === 'group')!;
    const [a, b] = [await create(group), await create(group)];
    const parent = (id: string, of: string): Promise<any> =>
      client.graphql(
        `mutation { updateGroup(id: "${id}", input: { parents: ["${of}"] }) { position } }`,
        {},
        bearer,
      );
    const answers = await Promise.all([parent(a.id, b.id), parent(b.id, a.id)]);
    const refusals = answers.flatMap((answer) => answer.body.errors ?? []);
    expect(refusals).toHaveLength(1);
    expect(refusals[0].extensions.code).toBe('GROUP_CYCLE');
    expect((await parent(a.id, a.id)).body.errors[0].extensions.code).toBe('GROUP_CYCLE');
  });
});

describe('R8: the last superuser', () => {
  it('cannot be deactivated, deleted, or lose the group that makes him one', async () => {
    const { users } = await client.admin('{ users(search: "akadmin") { nodes { id } } }');
    const id = users.nodes[0].id as string;
    for (const mutation of [
      `updateUser(id: "${id}", input: { isActive: false }) { position }`,
      `revokeMembership(groupId: "${furniture.groupId}", userId: "${id}") { position }`,
      `updateGroup(id: "${furniture.groupId}", input: { isSuperuser: false }) { position }`,
      `deleteGroup(id: "${furniture.groupId}") { position }`,
    ])
      expect(
        (await client.graphql(`mutation { ${mutation} }`, {}, bearer)).body.errors[0].extensions.code,
      ).toBe('LAST_SUPERUSER');
  });

  it('of two who remove each other one remains', async () => {
    const make = async (username: string): Promise<string> => {
      const { createUser } = await client.admin(
        `mutation { createUser(input: { username: "${username}" }) { user { id } } }`,
      );
      const userId = createUser.user.id as string;
      await client.admin(
        `mutation { grantMembership(groupId: "${furniture.groupId}", userId: "${userId}") { position } }`,
      );
      return userId;
    };
    const [first, second] = [await make('first-admin'), await make('second-admin')];
    const { users } = await client.admin('{ users(search: "akadmin") { nodes { id } } }');
    const everybody = [first, second, users.nodes[0].id as string];
    const answers = await Promise.all(
      everybody.map((userId) =>
        client.graphql(
          `mutation { revokeMembership(groupId: "${furniture.groupId}", userId: "${userId}") { position } }`,
          {},
          bearer,
        ),
      ),
    );
    expect(answers.filter((answer) => answer.body.errors)).toHaveLength(1);
  });
});
