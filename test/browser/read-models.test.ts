import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { Installation } from '../support/process.js';
import { adminPassword } from '../support/product.js';

let installation: Installation;
let browser: Browser;

beforeAll(async () => {
  installation = await Installation.create({ MUNIMENT_BOOTSTRAP_PASSWORD: adminPassword });
  [, browser] = await Promise.all([installation.start(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await installation.destroy();
});

it('R4: read models show how they stand, and are made anew from their page', async () => {
  const { page, context, faults, visit } = await openSignedIn(browser, installation);
  const picture = async (name: string): Promise<void> => {
    const folder = process.env['MUNIMENT_TEST_PICTURES'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: `${folder}/${name}.png` });
  };
  await visit('/if/admin/system/read-models');
  const groups = page.locator('[data-read-model]');
  const names = await groups.evaluateAll((found) =>
    found.map((group) => (group as unknown as { dataset: { readModel: string } }).dataset.readModel),
  );
  expect(names).toEqual(expect.arrayContaining(['directory', 'access', 'audit', 'history', 'privacy']));
  await expect.poll(() => groups.getByText('up to date').count()).toBe(names.length);
  expect(await seriousProblems(page)).toEqual([]);
  await picture('read-models');

  const audit = page.locator('[data-read-model="audit"]');
  const madeAt = (): Promise<string | null> => audit.locator('time').getAttribute('datetime');
  const before = await madeAt();
  await page.getByRole('button', { name: 'Rebuild audit' }).press('Enter');
  await page.getByText('The tables of audit are being made anew.').waitFor();
  await expect.poll(madeAt, { timeout: 30_000 }).not.toBe(before);
  await audit.getByText('up to date').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Rebuild audit' }).isEnabled()).toBe(true);
  await picture('read-models-rebuilt');
  await visit('/if/admin/events/log');
  await page.locator('[data-entry]', { hasText: 'Signed in' }).first().waitFor();

  await page.setViewportSize(narrow);
  await visit('/if/admin/system/read-models');
  await groups.first().waitFor();
  await picture('narrow-read-models');
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
