import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { group } from '../../domain/directory/group/model.js';
import { Client, type Answer } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
let ana: Client;
let boss: Client;
let own: string;
let shared: string;
let anaId: string;

const secret = 'actor.label = somebody-under-suspicion';

const create = async (name: string, isShared: boolean): Promise<string> => {
  const { body } = await ana.graphql(
    'mutation ($input: CreateSavedSearchInput!) { createSavedSearch(input: $input) { savedSearch { id } } }',
    { input: { name, view: `search=${encodeURIComponent(secret)}`, owner: anaId, shared: isShared } },
  );
  return body.data.createSavedSearch.savedSearch.id as string;
};
const codeOf = (answer: Answer): string | null => answer.body.errors?.[0]?.extensions.code ?? null;
const namesSeenBy = async (client: Client, args = ''): Promise<string[]> => {
  await product.settle();
  const { body } = await client.graphql(`{ savedSearches${args} { nodes { name view } } }`);
  return body.data.savedSearches.nodes.map(({ name }: { name: string }) => name);
};

beforeAll(async () => {
  product = await startProduct();
  anaId = await createPerson(product, 'ana');
  const admins = product.core.ports.config.all(group).find(({ values }) => values.isSuperuser)!;
  await product.run(grantMembershipCommand, { userId: anaId, groupId: admins.id });
  ana = new Client(product.baseUrl);
  await ana.login('ana', password);
  boss = new Client(product.baseUrl);
  await boss.login('akadmin', adminPassword);
  own = await create('own', false);
  shared = await create('shared', true);
  await product.settle();
});
afterAll(() => product.stop());

describe('a saved search that is not shared', () => {
  it('is seen by its owner alone; a shared one by all who may see the event log', async () => {
    expect(await namesSeenBy(ana)).toEqual(['own', 'shared']);
    expect(await namesSeenBy(boss)).toEqual(['shared']);
    expect(await namesSeenBy(boss, '(filter: {shared: false})')).toEqual([]);
    expect(await namesSeenBy(boss, `(asOf: {at: "${new Date().toISOString()}"})`)).toEqual(['shared']);
  });

  it('cannot be read by its id, as what refers to its owner, or as a deleted or former object', async () => {
    const answers = await boss.graphql(`{
      savedSearch(id: "${own}") { view }
      models(target: "saved_search") { id }
      user(id: "${anaId}") { username }
      entityHistory(type: "savedsearch", id: "${own}") { nodes { changes { after } } }
    }`);
    expect(answers.body.errors).toBeUndefined();
    expect(answers.body.data.savedSearch).toBeNull();
    expect(answers.body.data.models).toEqual([{ id: shared }]);
    expect(answers.text).not.toContain('suspicion');
    const log = await boss.graphql(
      '{ auditEntries(first: 50, filter: {targetType: "savedsearch"}) { nodes { context changes { field before after } } } }',
    );
    expect(log.body.data.auditEntries.nodes).toHaveLength(2);
    expect(log.text).not.toContain('suspicion');
  });

  it('cannot be changed, shared, deleted or brought back by others', async () => {
    const change = (client: Client): Promise<Answer> =>
      client.graphql(`mutation { updateSavedSearch(id: "${own}", input: {shared: true}) { position } }`);
    const remove = (client: Client): Promise<Answer> =>
      client.graphql(`mutation { deleteSavedSearch(id: "${own}") { position } }`);
    const restore = (client: Client): Promise<Answer> =>
      client.graphql(`mutation { restoreEntity(type: "savedsearch", id: "${own}") { position } }`);
    expect(codeOf(await change(boss))).toBe('NOT_FOUND');
    expect(codeOf(await remove(boss))).toBe('NOT_FOUND');
    expect(codeOf(await remove(ana))).toBeNull();
    await product.settle();
    const gone = '{ deletedEntities(first: 20) { nodes { id } } }';
    expect((await boss.graphql(gone)).body.data.deletedEntities.nodes).toEqual([]);
    expect((await ana.graphql(gone)).body.data.deletedEntities.nodes).toEqual([{ id: own }]);
    expect(codeOf(await restore(boss))).toBe('NOT_FOUND');
    expect(codeOf(await restore(ana))).toBeNull();
    expect(await namesSeenBy(ana)).toEqual(['own', 'shared']);
  });

  it('is not read any longer once its owner has stopped sharing it', async () => {
    const before = new Date().toISOString();
    await ana.graphql(`mutation { updateSavedSearch(id: "${shared}", input: {shared: false}) { position } }`);
    expect(await namesSeenBy(boss)).toEqual([]);
    expect(await namesSeenBy(boss, `(asOf: {at: "${before}"})`)).toEqual([]);
    expect(await namesSeenBy(ana)).toEqual(['own', 'shared']);
  });
});
