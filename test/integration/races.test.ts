import { clientById } from '../../commands/oauth2/client.js';
import { parseRefreshToken } from '../../commands/oauth2/refresh-token.js';
import { refreshTokens } from '../../commands/oauth2/refresh-grant.js';
import type { Ports } from '../../commands/ports.js';
import { systemContext } from '../../commands/system-context.js';
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

it('R7: a command that was carried out and forgotten is not done again, and nothing is acknowledged that is not there', async () => {
  const key = { 'idempotency-key': 'a key of long ago' };
  expect(codesOf([await create('of-long-ago', key)])).toEqual(['ok']);
  await product.core.pool.query(`update es.command set expires_at = now() - interval '1 second'`);
  const before = await product.core.ports.store.head();
  expect(codesOf([await create('of-today', key)])).toEqual(['COMMAND_FORGOTTEN']);
  expect(await product.core.ports.store.head()).toBe(before);
});

it('R7: of two uses of a refresh token at once the later never gets a token that is not stored, however late it is', async () => {
  await createPerson(product, 'june');
  const party = await createRelyingParty(product);
  const { code, pkce } = await obtainCode(
    client,
    product,
    party,
    { username: 'june', password: 'a long enough password' },
    { scope: 'openid offline_access' },
  );
  const { body } = await redeem(client, party, code, pkce);
  const token = parseRefreshToken(body.refresh_token as string)!;
  await product.settle();
  const { ports } = product.core;
  const seenBefore = await ports.grants.byId(token.grantId);
  const use = (through: Ports): Promise<unknown> =>
    refreshTokens(
      through,
      {
        client: clientById(ports.config, party.clientId)!,
        token,
        scopes: null,
        origin: product.baseUrl,
      },
      systemContext(ports, 'test'),
    );
  expect(await use(ports)).toHaveProperty('refresh_token');
  await product.core.pool.query(`update es.command set expires_at = now() - interval '1 second'`);
  const late = { ...ports, grants: { ...ports.grants, byId: () => Promise.resolve(seenBefore) } };
  expect(await use(late)).toMatchObject({ error: 'invalid_grant' });
});
