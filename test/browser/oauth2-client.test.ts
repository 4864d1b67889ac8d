import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openSignedIn } from '../support/browser.js';
import { Client } from '../support/client.js';
import { basic, post } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { createRelyingParty } from '../support/relying-party.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

/** Whether the token endpoint takes these for the credentials of a client. */
const isAccepted = async (clientId: string, clientSecret: string): Promise<boolean> => {
  const answer = await post(
    new Client(product.baseUrl),
    '/application/o/introspect/',
    { token: 'unknown' },
    { authorization: basic({ clientId, clientSecret } as never) },
  );
  return answer.status === 200;
};

it('guides to a new application whose client works with what the page shows', async () => {
  const { page, context, faults, visit } = await openSignedIn(browser, product);
  await visit('/if/admin/core/applications/guide');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect.poll(() => page.locator('[aria-invalid]').count()).toBeGreaterThan(1);
  await page.getByLabel('Name').fill('Wiki of all');
  await page.getByLabel('Redirect URIs').fill('not an address');
  await page.getByRole('button', { name: 'Create' }).click();
  await expect.poll(() => page.getByLabel('Redirect URIs').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Launch address').fill('https://wiki.example.com/');
  await page.getByLabel('Redirect URIs').fill('https://wiki.example.com/back\nhttps://wiki.example.com/also');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('“Wiki of all” is ready').waitFor();
  const valueOf = (label: string): Promise<string> => page.locator(`[data-copy="${label}"]`).innerText();
  await expect.poll(() => page.locator('[data-copy]').count()).toBe(9);
  expect(await valueOf('Issuer')).toBe(`${product.baseUrl}/application/o/wiki-of-all/`);
  expect(await isAccepted(await valueOf('Client ID'), await valueOf('Client secret'))).toBe(true);
  const discovery = await fetch(await valueOf('Discovery'));
  expect(await discovery.json()).toMatchObject({
    token_endpoint: await valueOf('Token'),
    jwks_uri: await valueOf('Keys (JWKS)'),
  });
  const { applications, providers } = await new Client(product.baseUrl).admin(
    '{ applications(first: 5) { totalCount } providers(first: 5) { totalCount } }',
  );
  expect([applications.totalCount, providers.totalCount]).toEqual([1, 1]);
  await visit('/if/user/');
  expect(await page.getByRole('link', { name: 'Wiki of all', exact: true }).count()).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});

it('shows the secret of a client after a warning, and gives it a new one', async () => {
  const party = await createRelyingParty(product, { slug: 'mail' });
  const { page, context, visit } = await openSignedIn(browser, product, '/if/admin/', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await visit(`/if/admin/core/providers/${party.providerId}`);
  await page.getByRole('button', { name: 'Copy Client ID' }).click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(party.clientId);

  await page.getByRole('button', { name: 'Show client secret' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('records that you have seen').waitFor();
  await dialog.getByRole('button', { name: 'Show client secret' }).click();
  expect(await dialog.locator('[data-copy]').innerText()).toBe(party.clientSecret);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Rotate secret' }).click();
  await dialog.getByLabel('Both are valid for').fill('hours=2');
  await dialog.getByRole('button', { name: 'Rotate secret' }).click();
  const next = await dialog.locator('[data-copy]').innerText();
  await dialog.getByText('2 hours').waitFor();
  expect(next).not.toBe(party.clientSecret);
  expect(await isAccepted(party.clientId, next)).toBe(true);
  expect(await isAccepted(party.clientId, party.clientSecret!)).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByText('The secret before is valid until').waitFor();
  await context.close();
});

it('says that a provider without an application has no addresses, and leads to one', async () => {
  const party = await createRelyingParty(product, { slug: 'lonely' });
  await new Client(product.baseUrl).admin('mutation ($id: ID!) { deleteApplication(id: $id) { position } }', {
    id: party.applicationId,
  });
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit(`/if/admin/core/providers/${party.providerId}`);
  await page.getByText('No application uses this provider yet').waitFor();
  await page.getByRole('link', { name: 'Create application' }).click();
  await expect.poll(() => page.getByLabel('Provider').inputValue()).toBe('Provider of lonely');
  await context.close();
});

it('generates a certificate', async () => {
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit('/if/admin/crypto/certificates');
  await page.getByRole('button', { name: 'Generate' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Signs invoices');
  await dialog.getByLabel('Algorithm').selectOption('ec');
  await dialog.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('link', { name: 'Signs invoices' }).waitFor();
  await context.close();
});
