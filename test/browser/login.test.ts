import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openWindow, signIn } from '../support/browser.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

it('leads a stranger through the login to the page he wanted', async () => {
  const { page, context, faults } = await openWindow(browser, product);
  await page.goto('/if/user/sessions');
  await page.waitForURL('**/if/flow/default-authentication-flow/**');
  await expect.poll(() => page.locator(':focus').getAttribute('name')).toBe('uid_field');
  await page.keyboard.type('akadmin');
  await page.keyboard.press('Enter');
  await page.getByLabel('Password', { exact: true }).waitFor();
  await page.keyboard.type(adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/if/user/sessions');
  await expect.poll(() => page.getByText('This browser').count()).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});

it('says beside the field that the password is wrong, and leaves the cursor in it', async () => {
  const { page, context } = await openWindow(browser, product);
  await page.goto('/if/flow/default-authentication-flow/?next=%2Fif%2Fuser%2F');
  await page.getByLabel('Username or Email').fill('akadmin');
  await page.keyboard.press('Enter');
  const field = page.getByLabel('Password', { exact: true });
  await field.fill('not the password');
  await page.keyboard.press('Enter');
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
  const described = (await field.getAttribute('aria-describedby')) ?? '';
  expect((await page.locator(`[id="${described.split(' ')[0] ?? ''}"]`).textContent())?.trim()).not.toBe('');
  expect(await page.locator(':focus').getAttribute('name')).toBe('password');
  await field.fill(adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/if/user/');
  await context.close();
});

it('lets the first administrator choose a password, and in', async () => {
  const fresh = await startProduct({ MUNIMENT_BOOTSTRAP_PASSWORD: '', MUNIMENT_BOOTSTRAP_TOKEN: '' });
  const { page, context, faults } = await openWindow(browser, fresh);
  await page.goto('/if/flow/initial-setup/');
  for (const [name, value] of [
    ['email', 'first@example.com'],
    ['password', adminPassword],
    ['password_repeat', adminPassword],
  ] as const)
    await page.locator(`[name="${name}"]`).fill(value);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/if/user/');
  await page.getByRole('button', { name: 'Account of akadmin' }).click();
  await page.getByRole('menuitem', { name: 'Administration' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
  await fresh.stop();
});

it('signs out, and asks for the password again', async () => {
  const { page, context } = await openWindow(browser, product);
  await signIn(page, '/if/user/');
  await page.getByRole('button', { name: 'Account of akadmin' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL('**/if/flow/**');
  await page.goto('/if/user/');
  await page.waitForURL('**/if/flow/default-authentication-flow/**');
  await context.close();
});
