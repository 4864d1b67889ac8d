import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { createPerson } from '../support/oauth.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;
let jane: string;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  jane = await createPerson(product, 'jane');
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

it('asks for a reason, shows on every page who acts as whom, and stops', async () => {
  const { page, context, faults, visit } = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
  });
  await visit('/if/admin/identity/users');
  await page.getByRole('button', { name: 'Actions on akadmin' }).click();
  await page.getByRole('menuitem', { name: 'Set password' }).waitFor();
  expect(await page.getByRole('menuitem', { name: 'Impersonate' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions on jane' }).click();
  await page.getByRole('menuitem', { name: 'Impersonate' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Impersonate' }).click();
  await expect.poll(() => dialog.getByLabel('Reason').getAttribute('aria-invalid')).toBe('true');
  await dialog.getByLabel('Reason').fill('Ticket 4711');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/if/user/');
  const banner = page.getByRole('region', { name: 'Impersonation' });
  await expect.poll(() => banner.textContent()).toContain('akadmin, you are acting as jane.');
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  await banner.getByRole('button', { name: 'Stop' }).click();
  await page.waitForURL('**/if/admin/');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  expect(await banner.count()).toBe(0);
  await page.getByText('Impersonation ended').first().waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('leads through a new login when the last one is too long ago, and back', async () => {
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit(`/if/admin/identity/users/${jane}`);
  const clock = vi.spyOn(product.core.ports.clock, 'now');
  clock.mockImplementation(() => new Date(Date.now() + 600_000));
  try {
    await page.getByRole('button', { name: 'Actions on jane' }).click();
    await page.getByRole('menuitem', { name: 'Impersonate' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Ticket 4712');
    await page.keyboard.press('Enter');
    await dialog.getByRole('link', { name: 'Sign in again' }).click();
    await page.getByLabel('Username or Email').fill('akadmin');
    await page.keyboard.press('Enter');
    await page.getByLabel('Password', { exact: true }).fill(adminPassword);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/if/admin/identity/users/${jane}`);
    await page.getByRole('button', { name: 'Actions on jane' }).click();
    await page.getByRole('menuitem', { name: 'Impersonate' }).click();
    await dialog.getByLabel('Reason').fill('Ticket 4712');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/if/user/');
  } finally {
    clock.mockRestore();
  }
  await context.close();
});
