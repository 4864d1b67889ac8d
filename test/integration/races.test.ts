import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Client, type Answer } from '../support/client.js';
import { createPerson, obtainCode, redeem } from '../support/oauth.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import { createRelyingParty } from '../support/relying-party.js';

const atOnce = 100;

let product: Product;
let client: Client;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());
beforeEach(() => {
  client = new Client(product.baseUrl);
});

const create = (username: string, headers: Record<string, string> = {}): Promise<Answer> =>
  client.graphql(
    'mutation($u: String!) { createUser(input: { username: $u }) { user { id } position } }',
    { u: username },
    { authorization: `Bearer ${adminToken}`, ...headers },
  );
const eventsOf = async (type: string, after: bigint): Promise<number> =>
  (await product.core.ports.store.readAll({ after, limit: 10_000 })).filter((event) => event.type === type)
    .length;
const codesOf = (answers: readonly Answer[]): string[] =>
  answers.map((answer) => (answer.body.errors?.[0]?.extensions?.code ?? 'ok') as string);

it('R8: of a hundred who take one user name at once, one gets it', async () => {
  const before = await product.core.ports.store.head();
  const codes = codesOf(await Promise.all(Array.from({ length: atOnce }, () => create('sought-after'))));
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(codes.filter((code) => code === 'CLAIM_TAKEN')).toHaveLength(atOnce - 1);
  expect(await eventsOf('user.created', before)).toBe(1);
});

it('R8: of a hundred redemptions of one code, one wins, and the family it opened is ended', async () => {
  await createPerson(product, 'jane');
  const party = await createRelyingParty(product);
  const { code, pkce } = await obtainCode(client, product, party, {
    username: 'jane',
    password: 'a long enough password',
  });
  const before = await product.core.ports.store.head();
  const answers = await Promise.all(Array.from({ length: atOnce }, () => redeem(client, party, code, pkce)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(
    new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.error as string)),
  ).toEqual(new Set(['invalid_grant']));
  expect(await eventsOf('grant.opened', before)).toBe(1);
  expect(await eventsOf('grant.revoked', before)).toBe(1);
});

it('R7: one command sent three times at once, and again later, is done once and answered alike', async () => {
  const before = await product.core.ports.store.head();
  const key = { 'idempotency-key': 'the one key' };
  const answers = await Promise.all([1, 2, 3].map(() => create('repeated', key)));
  answers.push(await create('repeated', key));
  expect(codesOf(answers)).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect(new Set(answers.map(({ body }) => body.data.createUser.user.id as string)).size).toBe(1);
  expect(await eventsOf('user.created', before)).toBe(1);
  expect(codesOf([await create('another', key)])).toEqual(['COMMAND_MISMATCH']);
});
