import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  await createPerson(product, 'jane');
  const jane = new Client(product.baseUrl);
  await jane.login('jane', 'not the password');
  await jane.login('jane', password);
  await product.settle();
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

it('a query is written with the keyboard alone, kept in the address, and answered', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log');
  const field = page.getByRole('combobox', { name: 'Search the event log' });
  const options = page.getByRole('listbox', { name: 'What can be written here' }).getByRole('option');
  await field.focus();
  await page.keyboard.type('acti');
  await expect.poll(() => options.first().textContent()).toContain('action');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => field.inputValue()).toBe('action ');
  await page.keyboard.type('= login_f');
  await expect.poll(() => options.allTextContents()).toHaveLength(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect.poll(() => field.inputValue()).toBe('action = login_failed ');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.waitForURL(/search=action/);
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  await page.getByRole('button', { name: 'Details of Sign-in failed' }).click();
  await page.getByText('Attempted to sign in as jane').waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  await page.reload();
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  expect(await field.inputValue()).toBe('action = login_failed');
  expect(faults).toEqual([]);
  await context.close();
});

it('what cannot be read is told at its place, and the address keeps what was asked before', async () => {
  const { page, context, visit } = await openSignedIn(browser, product, '/if/admin/', { viewport: narrow });
  await visit('/if/admin/events/log');
  const field = page.getByRole('combobox', { name: 'Search the event log' });
  await field.fill('action = login and colour = red');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'There is no field colour' }).waitFor();
  expect(await page.locator('mark').textContent()).toBe('colour = red');
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(page.url()).not.toContain('search=');
  expect(await overhang(page)).toBe(0);
  expect(await seriousProblems(page)).toEqual([]);
  await context.close();
});

it('a paused log holds new entries back until it goes on', async () => {
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?search=action+%3D+login+and+actor.label+%3D+jane');
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  await new Client(product.baseUrl).login('jane', password);
  await page.getByRole('button', { name: '1 new entry' }).waitFor();
  expect(await page.locator('[data-entry]').count()).toBe(1);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(2);
  await context.close();
});

it('the page of an entry shows what the same cause has brought about, and its raw data', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?search=action+%3D+login+and+actor.label+%3D+jane');
  await page.getByRole('button', { name: 'Details of Signed in' }).last().click();
  await page.getByRole('link', { name: 'Open this entry on its own page' }).click();
  await page.getByRole('heading', { name: 'What belongs together' }).waitFor();
  await page.getByRole('link', { name: 'Flow finished' }).waitFor();
  await page.getByText('Show raw data').click();
  expect(await page.getByRole('region', { name: 'Show raw data' }).textContent()).toContain(
    '"action": "login"',
  );
  await page.getByRole('link', { name: 'Show in the log' }).click();
  await expect.poll(() => page.locator('[data-entry]').count()).toBeGreaterThan(1);
  expect(faults).toEqual([]);
  await context.close();
});

it('a search is saved, shared, found again, deleted and brought back', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?search=action+%3D+login_failed&severity=warning');
  const menu = page.getByRole('button', { name: 'Searches' });
  await menu.click();
  await page.getByText('Nothing saved yet').waitFor();
  await page.getByRole('button', { name: 'Save this search' }).click();
  await page.getByLabel('Name').fill('Failed sign-ins');
  await page.keyboard.press('Enter');
  await page.getByText('“Failed sign-ins” was saved.').waitFor();
  await visit('/if/admin/events/log');
  await menu.click();
  await page.getByRole('button', { name: 'Share “Failed sign-ins”' }).click();
  await page.getByRole('button', { name: 'Stop sharing “Failed sign-ins”' }).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByLabel('Searches').getByRole('link', { name: 'Failed sign-ins' }).click();
  await page.waitForURL(/severity=warning/);
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  await menu.click();
  await page.getByRole('button', { name: 'Delete “Failed sign-ins”' }).click();
  await page.getByText('Nothing saved yet').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByLabel('Searches').getByRole('link', { name: 'Failed sign-ins' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('the volume tells how many entries of which action there are; its table narrows the log', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?search=actor.label+%3D+jane+or+target.label+%3D+jane&range=day');
  const chart = page.getByRole('img', { name: /^Volume: / });
  await expect.poll(() => chart.getAttribute('aria-label')).toContain('Sign-in failed 1');
  await page.getByText('Show as a table').click();
  await page.getByRole('columnheader', { name: 'Sign-in failed' }).waitFor();
  await page
    .getByRole('link', { name: /^Sign-in failed/ })
    .first()
    .click();
  await page.waitForURL(/action=login_failed/);
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  expect(await seriousProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it('what is shown can be taken away as a file', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?action=login_failed&search=jane');
  await page.getByRole('button', { name: 'Export' }).click();
  const arrives = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'JSON, one entry a line' }).click();
  const file = await readFile(await (await arrives).path(), 'utf8');
  const entries = file.trimEnd().split('\n');
  expect(entries.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(['login_failed']);
  expect(faults).toEqual([]);
  await context.close();
});

it('an export tells how far it is, can be stopped, and leaves a whole file', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  const query = 'action != export_ready';
  await visit(`/if/admin/events/log?search=${encodeURIComponent(query)}`);
  const { auditEntries } = await new Client(product.baseUrl).admin(
    `{ auditEntries(first: 100, filter: {query: "${query}"}) { totalCount nodes { id } } }`,
  );
  const choose = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'JSON, one entry a line' }).click();
  };
  const network = await context.newCDPSession(page);
  const limit = (downloadThroughput: number) =>
    network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput,
      uploadThroughput: -1,
    });
  await limit(8000);
  await choose();
  const progress = page.locator('[data-export]');
  await expect.poll(() => progress.textContent()).toMatch(/Exporting\s*[1-9]\d* of \d+ entries/);
  const bar = page.getByRole('progressbar', { name: 'Exporting' });
  expect(await bar.evaluate((element) => Number(element.getAttribute('max')))).toBe(auditEntries.totalCount);
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('The export was stopped.').waitFor();
  expect(await progress.count()).toBe(0);
  await limit(-1);
  const arrives = page.waitForEvent('download');
  await choose();
  const download = await arrives;
  expect(download.suggestedFilename()).toMatch(/^event-log-.*\.ndjson$/);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(
    auditEntries.nodes.map(({ id }: { id: string }) => id),
  );
  await page.getByText(`${String(lines.length)} entries were exported.`).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('the page of a user shows what he did and what was done to him, as it happens', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
  });
  const { users } = await new Client(product.baseUrl).admin('{ users(search: "jane") { nodes { id } } }');
  await visit(`/if/admin/identity/users/${users.nodes[0].id as string}?tab=events`);
  const entries = page.getByRole('list', { name: 'Entries' });
  await entries.getByText('Sign-in failed').first().waitFor();
  await entries.getByText('Object created').waitFor();
  const signedIn = entries.locator('[data-entry]', { hasText: 'Signed in' });
  const before = await signedIn.count();
  await new Client(product.baseUrl).login('jane', password);
  await expect.poll(() => signedIn.count()).toBe(before + 1);
  expect(await overhang(page)).toBe(0);
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByRole('link', { name: 'Show in the log' }).click();
  await page.waitForURL(/events\/log\?search=actor.id/);
  expect(faults).toEqual([]);
  await context.close();
});
