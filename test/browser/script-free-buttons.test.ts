import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openSignedIn, openWindow } from '../support/browser.js';
import { createPerson } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';
import { recoveryPath } from '../support/recovery.js';
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

it('W2: the button of the recovery page signs in', async () => {
  const path = await recoveryPath(product, await createPerson(product, 'jane'));
  const { page, context, faults } = await openWindow(browser, product);
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/if/user/');
  await page.getByRole('button', { name: 'Account of jane' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('W2: the button of the logout confirmation signs out', async () => {
  const party = await createRelyingParty(product);
  const { page, context, faults } = await openSignedIn(browser, product, '/if/user/');
  await page.goto(`/application/o/${party.slug}/end-session/`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You are signed out').waitFor();
  await page.goto('/if/user/');
  await page.waitForURL('**/if/flow/default-authentication-flow/**');
  expect(faults).toEqual([]);
  await context.close();
});

it('W2: a link of another site signs nobody out unasked, and the answer to the question is enough', async () => {
  const { page, context, faults } = await openSignedIn(browser, product, '/if/user/');
  await page.goto('about:blank');
  await page.setContent(`<a href="${product.baseUrl}/flows/-/default/invalidation/">Kittens</a>`);
  await page.getByRole('link').click();
  await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
  await page.goto('/if/user/');
  await page.getByRole('button', { name: 'Account of akadmin' }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Sign out' }).click();
  await page.waitForURL('**/if/flow/default-authentication-flow/**');
  expect(faults).toEqual([]);
  await context.close();
});
