import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { recoveryPath } from '../support/recovery.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const nameOf = async (client: Client): Promise<string | null> =>
  (await client.graphql('{ me { user { username } } }')).body.data.me?.user.username ?? null;

it('B2: a recovery key ends the session that the browser held before', async () => {
  await createPerson(product, 'jane');
  const path = await recoveryPath(product, await createPerson(product, 'john'));
  const browser = new Client(product.baseUrl);
  await browser.login('jane', password);
  const before = new Client(product.baseUrl);
  for (const [name, value] of browser.cookies) before.cookies.set(name, value);
  expect(await nameOf(before)).toBe('jane');
  expect((await browser.request('POST', path)).status).toBe(303);
  expect(await nameOf(browser)).toBe('john');
  expect(await nameOf(before)).toBeNull();
});

it.each([
  ['an opaque page', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ['a page that hides where it comes from', { origin: 'null' }],
  ['another site', { origin: 'https://evil.example' }],
  [
    'another site that claims to be ours',
    { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  ],
])('W2: %s cannot press the button', async (_from, headers) => {
  const path = await recoveryPath(product, await createPerson(product, `person-${String(Math.random())}`));
  const browser = new Client(product.baseUrl);
  expect((await browser.request('POST', path, { headers })).status).toBe(403);
  const own = { origin: 'null', 'sec-fetch-site': 'same-origin' };
  expect((await browser.request('POST', path, { headers: own })).status).toBe(303);
});
