import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Client, type Answer } from '../support/client.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Client;
const flowPage = '/if/flow/default-invalidation-flow/';

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());
beforeEach(async () => {
  browser = new Client(product.baseUrl);
  await browser.login('akadmin', adminPassword);
});

const open = (path: string, site: string): Promise<Answer> =>
  browser.request('GET', path, { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate' } });
const asks = async (path: string, site: string): Promise<boolean> =>
  (await open(path, site)).text.includes('Sign out?');

it.each(['cross-site', 'same-site'])('W2: who comes from another site (%s) is asked first', async (site) => {
  expect(await asks(flowPage, site)).toBe(true);
  expect(await asks(`${flowPage}?execution=unknown&next=%2F`, site)).toBe(true);
  expect((await open('/api/v3/flows/executor/default-invalidation-flow/', site)).status).toBe(403);
  expect((await browser.graphql('{ me { user { username } } }')).body.data.me.user.username).toBe('akadmin');
});

it('who comes from our own pages, or typed the address, is not asked', async () => {
  for (const site of ['same-origin', 'none']) expect(await asks(flowPage, site)).toBe(false);
  expect(await asks('/if/flow/default-authentication-flow/', 'cross-site')).toBe(false);
});

it.each([
  flowPage,
  '/flows/-/default/invalidation/',
  '/flows/-/cancel/',
  '/%66lows/-/cancel/?next=%2F',
  '/if/user/../flow/default-invalidation-flow/',
])('W2: no flow goes on to %s', async (next) => {
  const answer = await browser.flow('default-authentication-flow', [], `next=${encodeURIComponent(next)}`);
  expect(answer.body.component).toBe('ak-stage-access-denied');
});
