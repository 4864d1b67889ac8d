import { mkdirSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { createPerson } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

/** For people who want to see the pages: set the variable to a folder. */
const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['MUNIMENT_TEST_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
};

/** Chooses an entry of the menu of somebody with the keyboard alone. */
const choose = async (page: Page, name: string, entry: string): Promise<void> => {
  await page.getByRole('button', { name: `Actions on ${name}` }).press('Enter');
  await page.getByRole('menuitem', { name: entry }).press('Enter');
};

/** Fills in the form for an erasure with the keyboard alone, and sends it. */
const order = async (page: Page, dialog: Locator, name: string): Promise<void> => {
  await dialog.getByLabel('Legal basis').focus();
  await page.keyboard.type('Consent');
  await dialog.getByLabel('Reason').focus();
  await page.keyboard.type('letter of 3 March');
  await page.keyboard.press('Tab');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
};

it('S4.4: a legal hold stands in the way of an erasure until it is released; then nothing names the person', async () => {
  const id = await createPerson(product, 'tamara', { name: 'Tamara Drew', email: 'tamara@example.org' });
  const { page, context, faults, visit } = await openSignedIn(browser, product);
  const messages = page.getByRole('region', { name: 'Messages' });
  const holds = page.getByRole('list', { name: 'Legal holds' });
  await visit(`/if/admin/identity/users/${id}`);

  await choose(page, 'tamara', 'Place legal hold');
  const place = page.getByRole('dialog', { name: 'Place a legal hold on tamara?' });
  await place.getByRole('button', { name: 'Place hold' }).press('Enter');
  await expect.poll(() => place.getByLabel('Matter').getAttribute('aria-invalid')).toBe('true');
  await place.getByLabel('Matter').fill('2026/17');
  await place.getByLabel('Reason').fill('letter of the court');
  await picture(page, 'hold-place');
  expect(await seriousProblems(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await messages.getByText('Legal hold “2026/17” placed.').waitFor();
  await expect.poll(() => holds.innerText()).toContain('letter of the court');
  expect(await holds.getByRole('link', { name: 'akadmin' }).count()).toBe(1);
  expect(await page.locator('main').getByText('Legal hold', { exact: true }).count()).toBe(1);
  await picture(page, 'holds');
  expect(await seriousProblems(page)).toEqual([]);

  await choose(page, 'tamara', 'Erase personal data');
  const erase = page.getByRole('dialog', { name: 'Erase the personal data of tamara?' });
  await erase.getByRole('button', { name: 'Erase for good' }).press('Enter');
  for (const field of ['Legal basis', 'Reason', 'Type “tamara” to confirm'])
    await expect.poll(() => erase.getByLabel(field).getAttribute('aria-invalid')).toBe('true');
  await picture(page, 'erase-wrong');
  await order(page, erase, 'tamara');
  await erase.getByRole('alert').getByText('A legal hold forbids to erase this person.').waitFor();
  await picture(page, 'erase-refused');
  expect(await seriousProblems(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Release 2026/17' }).press('Enter');
  const release = page.getByRole('dialog', { name: 'Release the legal hold “2026/17”?' });
  await release.getByLabel('Reason').fill('closed');
  await page.keyboard.press('Enter');
  await messages.getByText('Legal hold “2026/17” released.').waitFor();
  await holds.waitFor({ state: 'detached' });

  await choose(page, 'tamara', 'Erase personal data');
  await order(page, erase, 'tamara');
  const report = page.getByRole('dialog', { name: 'Personal data erased' });
  await expect
    .poll(() => report.innerText())
    .toMatch(/Keys destroyed\s+1\s+Secrets destroyed\s+1\s+Backups expire\s+\w+ \d+, \d{4}/);
  await picture(page, 'erased');
  expect(await seriousProblems(page)).toEqual([]);
  await report.getByRole('button', { name: 'Close' }).last().press('Enter');
  await page.waitForURL('**/if/admin/identity/users');
  await page.getByRole('row', { name: 'akadmin' }).waitFor();
  expect(await page.getByRole('row', { name: 'tamara' }).count()).toBe(0);

  await product.settle();
  await visit('/if/admin/events/log');
  await page.locator('[data-entry]', { hasText: 'Personal data erased' }).waitFor();
  const log = await page.locator('main').innerText();
  expect(log).toContain('[erased]');
  for (const trace of ['tamara', 'Drew', '2026/17'])
    expect(log.toLowerCase()).not.toContain(trace.toLowerCase());
  await picture(page, 'erased-log');
  expect(faults).toEqual([]);
  await context.close();
});

it('fits the narrowest screen, and works from the list', async () => {
  const id = await createPerson(product, 'nora');
  const { page, context, faults, visit } = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
    colorScheme: 'dark',
  });
  const fits = async (name: string): Promise<void> => {
    await picture(page, `narrow-${name}`);
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    expect(await seriousProblems(page)).toEqual([]);
  };
  await visit(`/if/admin/identity/users/${id}`);
  await choose(page, 'nora', 'Place legal hold');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Matter').fill('a-matter-without-a-single-space-that-is-longer-than-the-screen');
  await dialog.getByLabel('Reason').fill('because');
  await page.keyboard.press('Enter');
  const release = page.getByRole('button', { name: /^Release a-matter/ });
  await release.waitFor();
  await fits('holds');
  await release.click();
  await dialog.getByLabel('Reason').fill('over');
  await fits('release');
  await page.keyboard.press('Enter');
  await release.waitFor({ state: 'detached' });
  await visit('/if/admin/identity/users');
  await choose(page, 'nora', 'Erase personal data');
  await fits('erase');
  await order(page, dialog, 'nora');
  await dialog.getByText('Keys destroyed').waitFor();
  await fits('erased');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Actions on nora' }).waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await context.close();
});

it('says that the login is too old, and leads through a new one', async () => {
  const id = await createPerson(product, 'petra');
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit(`/if/admin/identity/users/${id}`);
  const clock = vi.spyOn(product.core.ports.clock, 'now');
  clock.mockImplementation(() => new Date(Date.now() + 600_000));
  try {
    await choose(page, 'petra', 'Erase personal data');
    const dialog = page.getByRole('dialog');
    await order(page, dialog, 'petra');
    await dialog.getByText('For this your login must be fresh.').waitFor();
    await dialog.getByRole('link', { name: 'Sign in again' }).click();
    await page.getByLabel('Username or Email').waitFor();
    expect(decodeURIComponent(page.url())).toContain(`/if/admin/identity/users/${id}`);
  } finally {
    clock.mockRestore();
  }
  await context.close();
});

it('offers nobody to erase himself', async () => {
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit('/if/admin/identity/users');
  await page.getByRole('button', { name: 'Actions on akadmin' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Place legal hold' }).waitFor();
  expect(await page.getByRole('menuitem', { name: 'Erase personal data' }).count()).toBe(0);
  await context.close();
});
