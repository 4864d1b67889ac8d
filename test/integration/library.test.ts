import { afterAll, beforeAll, expect, it } from 'vitest';
import { createModelCommand } from '../../commands/model/create-model.js';
import { application } from '../../domain/application/model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { policyBinding } from '../../domain/policy/binding/model.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { createRelyingParty } from '../support/relying-party.js';

let product: Product;
let browser: Client;

const create = (model: unknown, values: Record<string, unknown>): Promise<{ id: string }> =>
  product.run(createModelCommand(model as Model), { values });

beforeAll(async () => {
  product = await startProduct();
  await createPerson(product, 'jane');
  await createRelyingParty(product, { slug: 'with-provider' });
  await create(application, {
    name: 'Wiki',
    slug: 'wiki',
    launchUrl: 'https://wiki.example.com/%(username)s',
  });
  await create(application, { name: 'Nowhere', slug: 'nowhere' });
  const { id: target } = await create(application, {
    name: 'Closed',
    slug: 'closed',
    launchUrl: 'https://closed.example.com/',
  });
  const { id: staff } = await create(group, { name: 'staff' });
  await create(policyBinding, { target, group: staff });
  browser = new Client(product.baseUrl);
  await browser.login('jane', password);
});
afterAll(() => product.stop());

it('shows what one may open: at its own address, else where its provider says it lives', async () => {
  const { body } = await browser.graphql('{ library { slug launchUrl } }');
  expect(body.data.library).toEqual([
    { slug: 'with-provider', launchUrl: 'https://app.example.com/' },
    { slug: 'wiki', launchUrl: 'https://wiki.example.com/jane' },
  ]);
});

it('a deep link opens an application, after signing in where needed', async () => {
  const launch = (client: Client, slug: string) => client.request('GET', `/application/launch/${slug}/`);
  const opened = await launch(browser, 'wiki');
  expect([opened.status, opened.headers.get('location')]).toEqual([302, 'https://wiki.example.com/jane']);
  for (const slug of ['nowhere', 'closed', 'unknown']) expect((await launch(browser, slug)).status).toBe(404);
  const stranger = await launch(new Client(product.baseUrl), 'wiki');
  expect(stranger.headers.get('location')).toBe(
    '/flows/-/default/authentication/?next=%2Fapplication%2Flaunch%2Fwiki%2F',
  );
});
