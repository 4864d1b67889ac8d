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
