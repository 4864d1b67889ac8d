import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openSignedIn, openWindow, signIn } from '../support/browser.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  await createPerson(product, 'jane');
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

it('shows what happens elsewhere at once, over the open connection alone', async () => {
  const watcher = await openSignedIn(browser, product, '/if/admin/events/log');
  const { page, faults } = watcher;
  await page.locator('[data-live="live"]').waitFor();
  const logins = page.locator('[data-entry]', { hasText: 'Signed in' });
  await expect.poll(() => logins.count()).toBe(1);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));

  const other = await openWindow(browser, product);
  await signIn(other.page, '/if/user/', 'jane', password);
  await expect.poll(() => logins.count(), { timeout: 3000 }).toBe(2);
  expect(await logins.first().textContent()).toContain('jane');
  expect(requests).toEqual([]);
  expect(faults).toEqual([]);
  await Promise.all([watcher.context.close(), other.context.close()]);
});

it('keeps what is filtered out away', async () => {
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?action=login_failed');
  await page.getByText('No entry matches').waitFor();
  const other = await openWindow(browser, product);
  await other.page.goto('/if/flow/default-authentication-flow/');
  await other.page.getByLabel('Username or Email').fill('jane');
  await other.page.keyboard.press('Enter');
  await other.page.getByLabel('Password', { exact: true }).fill('wrong');
  await other.page.keyboard.press('Enter');
  await page.locator('[data-entry]', { hasText: 'Sign-in failed' }).waitFor();
  expect(await page.locator('[data-entry]').count()).toBe(1);
  await Promise.all([context.close(), other.context.close()]);
});
