import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openSignedIn } from '../support/browser.js';
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

const mostSteps = 80;

/** Presses Tab until the focus is on what is called so. */
const tabTo = async (
  page: Page,
  role: 'link' | 'button' | 'textbox' | 'menuitem',
  name: string,
): Promise<void> => {
  const wanted = page.getByRole(role, { name, exact: true }).first();
  await wanted.waitFor();
  for (let step = 0; step < mostSteps; step += 1) {
    if (await wanted.evaluate((element) => element.matches(':focus'))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not lead to ${role} ${name}`);
};

const heading = (page: Page): Promise<string | null> => page.getByRole('heading', { level: 1 }).textContent();

it('is created, edited and deleted without a mouse', async () => {
  const { page, context, faults } = await openSignedIn(browser, product);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect.poll(() => heading(page)).toBe('Applications');
  await tabTo(page, 'link', 'New application');
  await page.keyboard.press('Enter');
  await tabTo(page, 'link', 'Only the application, without a provider');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('/core/applications/new');

  await tabTo(page, 'button', 'New application');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('[aria-invalid]:focus').count()).toBe(1);
  await page.keyboard.type('Time sheets');
  await tabTo(page, 'button', 'New application');
  await page.keyboard.press('Enter');
  await expect.poll(() => heading(page)).toBe('Time sheets');
  expect(await page.getByText('time-sheets').count()).toBeGreaterThan(0);

  await tabTo(page, 'link', 'Edit');
  await page.keyboard.press('Enter');
  await tabTo(page, 'textbox', 'Name');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Hours');
  await page.keyboard.press('Enter');
  await expect.poll(() => heading(page)).toBe('Hours');

  await tabTo(page, 'button', 'Actions on Hours');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Nothing refers to it.').waitFor();
  await tabTo(page, 'button', 'Delete');
  await page.keyboard.press('Enter');
  await expect.poll(() => heading(page)).toBe('Applications');
  await expect.poll(() => page.getByText('Hours', { exact: true }).count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});

it('says what would be lost before a provider in use is deleted', async () => {
  const party = await createRelyingParty(product, { slug: 'billing' });
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit(`/if/admin/core/providers/${party.providerId}`);
  await page.getByRole('button', { name: 'Actions on Provider of billing' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('link', { name: 'App billing' }).waitFor();
  await dialog.getByText('reference will be emptied').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog.count()).toBe(0);
  await context.close();
});
