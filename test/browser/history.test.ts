import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn, type Person } from '../support/browser.js';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let browser: Browser;
let person: Person;
let page: Page;
let client: Client;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  client = new Client(product.baseUrl);
  person = await openSignedIn(browser, product);
  page = person.page;
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

const create = async (name: string): Promise<string> =>
  (
    await client.admin(
      'mutation($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
      { input: { name, slug: name } },
    )
  ).createApplication.application.id as string;

const rename = async (id: string, name: string): Promise<void> => {
  await client.admin(
    'mutation($id: ID!, $name: String!) { updateApplication(id: $id, input: { name: $name }) { position } }',
    { id, name },
  );
  await product.settle();
};

const nameOf = async (id: string): Promise<string | undefined> =>
  (await client.admin('query($id: ID!) { application(id: $id) { name } }', { id })).application?.name as
    string | undefined;

const heading = (): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();
const toast = (text: string) =>
  page.getByRole('region', { name: 'Messages' }).locator('div', { hasText: text }).last();

/** For people who want to see the pages: set the variable to a folder. */
const picture = async (name: string): Promise<void> => {
  const folder = process.env['MUNIMENT_TEST_PICTURES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
};

it('an edit is undone from the message that confirms it', async () => {
  const id = await create('edited-by-hand');
  await person.visit(`/if/admin/core/applications/${id}/edit`);
  await page.getByLabel('Name').first().fill('another name');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect.poll(heading).toBe('another name');
  await picture('undo');
  await page.getByRole('button', { name: 'Undo' }).click();
  await toast('Taken back.').waitFor();
  await expect.poll(heading).toBe('edited-by-hand');
  expect(await nameOf(id)).toBe('edited-by-hand');
});

it('a change in the changelog is reverted after a look at what that does, by keyboard', async () => {
  const id = await create('reverted-by-hand');
  await rename(id, 'second name');
  await person.visit(`/if/admin/core/applications/${id}?tab=changelog`);
  await picture('changelog');
  await page.getByRole('button', { name: 'Revert', exact: true }).first().focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Revert this change' });
  await dialog.getByText('second name').waitFor();
  await picture('revert');
  expect(await seriousProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Revert', exact: true }).press('Enter');
  await page.getByText('Takes an earlier change back.').waitFor();
  await expect.poll(heading).toBe('reverted-by-hand');
  expect(await nameOf(id)).toBe('reverted-by-hand');
});

it('a change that was changed since is not reverted, and says why', async () => {
  const id = await create('contested-by-hand');
  await rename(id, 'second');
  await rename(id, 'third');
  await person.visit(`/if/admin/core/applications/${id}?tab=changelog`);
  await page.getByRole('button', { name: 'Revert', exact: true }).nth(1).click();
  const dialog = page.getByRole('dialog', { name: 'Revert this change' });
  await dialog.getByText('Changed again since: Name.').waitFor();
  await picture('changed-since');
  expect(await dialog.getByRole('button', { name: 'Revert', exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Compare versions' }).click();
  const compare = page.getByRole('dialog', { name: 'Compare versions' });
  await compare.getByText('third').waitFor();
  const versions = await compare.getByLabel('Earlier version').locator('option').all();
  await compare.getByLabel('Earlier version').selectOption({ index: versions.length - 1 });
  await compare.getByText('contested-by-hand').first().waitFor();
  await picture('compare');
  expect(await seriousProblems(page)).toEqual([]);
  await page.keyboard.press('Escape');
});

it('an object is looked at as it was, and nothing can be done to the past', async () => {
  const id = await create('old-face');
  await rename(id, 'new face');
  await person.visit(`/if/admin/core/applications/${id}?tab=changelog`);
  await page.getByRole('button', { name: 'View as of then' }).last().click();
  await page.getByText('You are looking at the past').waitFor();
  await page.locator('dd', { hasText: 'old-face' }).first().waitFor();
  expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
  await picture('as-of');
  expect(await seriousProblems(page)).toEqual([]);
  const when = page.getByLabel('Moment to look at');
  await when.fill('2001-01-01T00:00:00');
  await when.press('Tab');
  await page.getByText('There was no such object on').waitFor();
  await page.getByRole('button', { name: 'Back to the present' }).click();
  await page.getByRole('link', { name: 'Edit' }).waitFor();
});

it('what was deleted comes back from the message, and from the list of what was deleted', async () => {
  const id = await create('phoenix');
  const remove = async (): Promise<void> => {
    await person.visit(`/if/admin/core/applications/${id}`);
    await page.getByRole('button', { name: 'Actions on phoenix' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await toast('Deleted application').waitFor();
  };
  await remove();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await toast('Taken back.').waitFor();
  expect(await nameOf(id)).toBe('phoenix');
  await remove();
  await person.visit('/if/admin/events/deleted');
  await picture('deleted');
  await page.getByRole('button', { name: 'Restore phoenix' }).click();
  await toast('Restored application').waitFor();
  await page.locator(`[data-deleted="${id}"]`).getByRole('link', { name: 'phoenix' }).click();
  await expect.poll(heading).toBe('phoenix');
  expect(person.faults).toEqual([]);
});

it('fits the narrowest screen, in the dark too', async () => {
  const id = await create('narrow-and-dark');
  await rename(id, 'narrow-and-dark-with-a-name-that-is-longer-than-the-screen-is-wide');
  const small = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
    colorScheme: 'dark',
  });
  const at = encodeURIComponent(new Date().toISOString());
  page = small.page;
  for (const [name, path] of Object.entries({
    changelog: `core/applications/${id}?tab=changelog`,
    'as-of': `core/applications/${id}?as_of=${at}`,
    deleted: 'events/deleted',
  })) {
    await small.visit(`/if/admin/${path}`);
    await picture(`narrow-${name}`);
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    expect(await seriousProblems(page)).toEqual([]);
  }
  await small.visit(`/if/admin/core/applications/${id}?tab=changelog`);
  await page.getByRole('button', { name: 'Revert', exact: true }).first().click();
  await page.getByRole('dialog').getByText('After the revert').first().waitFor({ state: 'attached' });
  await picture('narrow-revert');
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(small.faults).toEqual([]);
  await small.context.close();
});
