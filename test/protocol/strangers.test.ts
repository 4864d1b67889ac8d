import { afterEach, beforeEach, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { authorizeUrl, createPerson, obtainCode, password, post } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { afterLogout, createRelyingParty, type RelyingParty } from '../support/relying-party.js';

const limit = 6;

let product: Product;
let party: RelyingParty;

beforeEach(async () => {
  product = await startProduct({ MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: String(limit) });
  party = await createRelyingParty(product);
});
afterEach(() => product.stop());

const rows = async (table: string): Promise<number> =>
  Number((await product.core.pool.query(`select count(*)::int as n from flow.${table}`)).rows[0].n);
const statuses = async (ask: () => Promise<{ status: number }>): Promise<number[]> => {
  const seen: number[] = [];
  for (let n = 0; n < 2 * limit; n += 1) seen.push((await ask()).status);
  return seen;
};
const admittedThenRefused = [...Array<number>(limit).fill(303), ...Array<number>(limit).fill(429)];
const endSession = (): string => `/application/o/${party.slug}/end-session/`;

it('G6: what strangers post to be signed out is counted like starts of flows', async () => {
  const seen = await statuses(() => post(new Client(product.baseUrl), endSession(), { state: 'x' }));
  expect(seen).toEqual(admittedThenRefused);
  expect(await rows('one_time_value')).toBe(limit);
});

it('G6: requests of strangers to be signed in are counted like starts of flows', async () => {
  const seen = await statuses(() => new Client(product.baseUrl).request('GET', authorizeUrl(party)));
  expect(seen).toEqual(admittedThenRefused);
  expect([await rows('one_time_value'), await rows('execution')]).toEqual([limit, limit]);
});

it('G6: the same when they are posted', async () => {
  const [path = '', form = ''] = authorizeUrl(party).split('?');
  expect(await statuses(() => post(new Client(product.baseUrl), path, form))).toEqual(admittedThenRefused);
});

it('G6: who is signed in is not counted among strangers', async () => {
  await createPerson(product, 'jane');
  const browser = new Client(product.baseUrl);
  await obtainCode(browser, product, party, { username: 'jane', password });
  const seen = await statuses(() => browser.request('GET', authorizeUrl(party)));
  expect(new Set(seen)).toEqual(new Set([303]));
});

it('G6: of a posted logout only the known parameters are kept, and only short ones', async () => {
  const size = async (): Promise<number> =>
    (
      await product.core.pool.query(
        'select coalesce(max(length(sealed)), 0)::int as n from flow.one_time_value',
      )
    ).rows[0].n as number;
  const known = { post_logout_redirect_uri: afterLogout, state: 'x' };
  const kept = await post(new Client(product.baseUrl), endSession(), { ...known, more: 'm'.repeat(100_000) });
  expect([kept.status, (await size()) < 1000]).toEqual([303, true]);
  const long = await post(new Client(product.baseUrl), endSession(), { ...known, state: 'x'.repeat(2001) });
  expect(long.status).toBe(400);
  expect(await rows('one_time_value')).toBe(1);
});
