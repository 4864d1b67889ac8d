import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn, type Person } from '../support/browser.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;
let janeId: string;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  janeId = await createPerson(product, 'jane');
  await new Client(product.baseUrl).login('jane', 'not the password');
  await new Client(product.baseUrl).login('jane', password);
  await product.settle();
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

const openTable = (page: Person['page'], title: string): Promise<void> =>
  page
    .locator('section', { has: page.getByRole('heading', { name: title }) })
    .getByText('Show as a table')
    .click();

it('counts what happened, in a chart and in a table behind it; each number leads to its entries', async () => {
  const { page, context, faults } = await openSignedIn(browser, product);
  const chart = page.getByRole('img', { name: /^Sign-ins and authorizations: / });
  await expect
    .poll(() => chart.getAttribute('aria-label'))
    .toBe('Sign-ins and authorizations: Authorizations 0, Failed sign-ins 1, Sign-ins 2');
  await openTable(page, 'Sign-ins and authorizations');
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader') });
  expect(await row.getByRole('cell').allTextContents()).toEqual(['0', '1', '2']);
  expect(await seriousProblems(page)).toEqual([]);
  await row.getByRole('cell').nth(2).getByRole('link').click();
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(2);
  expect(await page.locator('[data-entry]', { hasText: 'Signed in' }).count()).toBe(2);
  expect(faults).toEqual([]);
  await context.close();
});

it('counts what happens elsewhere without being asked', async () => {
  const { page, context } = await openSignedIn(browser, product);
  const chart = page.getByRole('img', { name: /^Sign-ins and authorizations: / });
  await expect.poll(() => chart.getAttribute('aria-label')).toMatch(/Failed sign-ins 1/);
  await page.locator('[data-live="live"]').waitFor();
  await new Client(product.baseUrl).login('jane', 'not the password');
  await expect.poll(() => chart.getAttribute('aria-label'), { timeout: 8000 }).toMatch(/Failed sign-ins 2/);
  await context.close();
});

it('tells how the system stands', async () => {
  const { page, context } = await openSignedIn(browser, product);
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'System status' }) });
  await card.getByText('Everything is fine.').waitFor();
  expect(await card.getByRole('definition').allTextContents()).toEqual([
    expect.stringMatching(/^\d+\.\d+\.\d+/),
    '1',
  ]);
  await context.close();
});

it('a range drawn in a chart becomes a range of the log', async () => {
  const { page, context } = await openSignedIn(browser, product);
  const chart = page.getByRole('img', { name: /^Sign-ins and authorizations: / });
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 4, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/range=custom/);
  const asked = new URL(page.url()).searchParams;
  const hours = (Date.parse(asked.get('to')!) - Date.parse(asked.get('from')!)) / 3_600_000;
  expect(hours % 8).toBe(0);
  expect(hours).toBeGreaterThan(24);
  await expect.poll(() => page.locator('[data-entry]').count()).toBeGreaterThan(2);
  await context.close();
});

it('users and the month have charts of their own, also on a narrow screen', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
    colorScheme: 'dark',
  });
  for (const [path, name] of [
    ['/if/admin/administration/dashboard/users', 'Users created per day in the last month: Users created 2'],
    [
      `/if/admin/identity/users/${janeId}?tab=activity`,
      /^Activity per day in the last month: Authorizations 0, Failed sign-ins \d, Sign-ins 1$/,
    ],
  ] as const) {
    await visit(path);
    await page.getByRole('img', { name }).waitFor();
    expect(await overhang(page)).toBe(0);
    expect(await seriousProblems(page)).toEqual([]);
  }
  await page.getByRole('link', { name: /^Sign-ins/ }).click();
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});
