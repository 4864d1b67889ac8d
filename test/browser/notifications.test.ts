import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';

let product: Product;
let receiver: Receiver;
let browser: Browser;

beforeAll(async () => {
  receiver = await Receiver.start();
  [product, browser] = await Promise.all([
    startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await receiver.stop();
});

const goWrong = (message: string): Promise<void> =>
  product.run(recordFactCommand, {
    type: 'activity.configuration.failed',
    data: { message, references: {} },
  });

it('counts what arrives at once, lists it, leads to the entry, and forgets nothing on reload', async () => {
  const { page, context, faults } = await openSignedIn(browser, product, '/if/user/', { viewport: narrow });
  const bell = page.getByRole('button', { name: 'Notifications' });
  await expect.poll(() => bell.getAttribute('aria-label')).toBe('Notifications');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await goWrong('The redirect address is not known.');
  await expect.poll(() => bell.getAttribute('aria-label'), { timeout: 5000 }).toBe('Notifications, 1 unread');
  expect(requests).toEqual([]);

  await bell.click();
  const drawer = page.getByRole('dialog', { name: 'Notifications' });
  await drawer.getByText('The redirect address is not known.').waitFor();
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  await goWrong('A second one.');
  await expect.poll(() => drawer.locator('[data-notification]').count(), { timeout: 5000 }).toBe(2);
  await drawer.getByRole('button', { name: 'Mark all as read' }).click();
  await expect.poll(() => bell.getAttribute('aria-label')).toBe('Notifications');
  await page.getByText('2 notifications are marked as read.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => bell.getAttribute('aria-label')).toBe('Notifications, 2 unread');
  await drawer.getByRole('button', { name: 'Mark all as read' }).click();
  await expect.poll(() => bell.getAttribute('aria-label')).toBe('Notifications');
  await drawer.getByRole('link', { name: 'Show the entry' }).first().click();
  await page.waitForURL('**/if/admin/events/log/**');
  await page.getByRole('heading', { name: 'Configuration error' }).waitFor();
  await expect.poll(() => bell.getAttribute('aria-label')).toBe('Notifications');
  expect(faults).toEqual([]);
  await context.close();
});

it('sends a test over a transport and says what came of it', async () => {
  const admin = new Client(product.baseUrl);
  const create = async (name: string, webhookUrl: string): Promise<string> =>
    (
      await admin.admin(
        `mutation ($name: String!, $webhookUrl: String) {
           made: createNotificationTransport(input: { name: $name, mode: webhook, webhookUrl: $webhookUrl }) {
             notificationTransport { id } } }`,
        { name, webhookUrl },
      )
    ).made.notificationTransport.id as string;
  const works = await create('Works', receiver.url());
  const refused = await create('Refused', 'http://127.0.0.1:1/');
  const { page, context, visit } = await openSignedIn(browser, product);
  await visit(`/if/admin/events/transports/${works}`);
  await page.getByRole('button', { name: 'Send test' }).click();
  await page.getByText('The test was delivered.').waitFor();
  await visit(`/if/admin/events/transports/${refused}`);
  await page.getByRole('button', { name: 'Send test' }).click();
  await page.getByText('The test was not delivered.').waitFor();
  await context.close();
});

it('builds the condition of a rule from rows, with the values that a field can have', async () => {
  const { page, context, faults, visit } = await openSignedIn(browser, product);
  await visit('/if/admin/events/rules/new');
  await page.getByLabel('Name').fill('Sign-on of clients');
  await page.getByRole('button', { name: 'Add comparison' }).click();
  const first = page.getByRole('group', { name: 'Comparison 1' });
  await first.getByLabel('Value').fill('secret');
  await first.getByRole('option', { name: 'Secret rotated' }).click();
  await first.getByLabel('Value').fill('secret');
  await first.getByRole('option', { name: 'Secret viewed' }).click();
  await page.getByRole('button', { name: 'Add comparison' }).click();
  const second = page.getByRole('group', { name: 'Comparison 2' });
  await second.getByLabel('Field').selectOption({ label: 'Actor' });
  await second.getByLabel('Comparison', { exact: true }).selectOption({ label: 'does not contain' });
  await second.getByLabel('Value').fill('robot');
  await page.getByText('Any of these holds').click();
  await page.getByRole('button', { name: 'New notification rule' }).click();
  await page.getByRole('heading', { name: 'Sign-on of clients' }).waitFor();
  const { notificationRules } = await new Client(product.baseUrl).admin(
    '{ notificationRules(first: 1, search: "Sign-on of clients") { nodes { when } } }',
  );
  expect(notificationRules.nodes[0].when).toEqual({
    any: [
      { field: 'action', is: ['secret_rotate', 'secret_view'] },
      { not: { field: 'actor.label', contains: 'robot' } },
    ],
  });
  await page.getByText('does not contain').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
