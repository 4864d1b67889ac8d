import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { updateUserCommand } from '../../commands/directory/update-user.js';
import { scopeMapping } from '../../domain/mapping/scope/model.js';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { startProduct, type Product } from '../support/product.js';
import { createRelyingParty } from '../support/relying-party.js';
import { SsfReceiver } from '../support/ssf-receiver.js';

let product: Product;
let receiver: SsfReceiver;
let browser: Browser;

beforeAll(async () => {
  receiver = await SsfReceiver.start();
  [product, browser] = await Promise.all([
    startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target }, () => 50),
    openBrowser(),
  ]);
  const scopes = product.core.ports.config.all(scopeMapping).map(({ id }) => id);
  const provider = { grantTypes: ['client_credentials'], scopes };
  receiver.join(await createRelyingParty(product, { slug: 'shop', provider }), product.baseUrl);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
  await receiver.stop();
});

it('a stream is made in a form, tested, paused and enabled, and what was refused is sent again', async () => {
  const { page, context, faults } = await openSignedIn(browser, product, '/if/admin/core/shared-signals', {
    viewport: narrow,
  });
  await page.getByRole('link', { name: 'New shared signals stream' }).first().click();
  await page.getByLabel('Name').fill('Till');
  await page.getByLabel('Provider').fill('shop');
  await page.getByRole('option', { name: 'Provider of shop' }).click();
  await page.getByLabel('Delivery').selectOption('push');
  await page.getByLabel('Address of the receiver').fill(receiver.address);
  await page.getByLabel('RISC: account disabled').check();
  await page.getByRole('button', { name: 'New shared signals stream' }).click();
  await page.getByRole('heading', { name: 'Till' }).waitFor();

  await page.getByRole('button', { name: 'Send a verification event' }).click();
  await expect.poll(() => receiver.typed('verification').length, { timeout: 10_000 }).toBe(1);
  expect(receiver.typed('verification')[0]!.claims.iss).toBe(`${product.baseUrl}/application/o/shop/`);

  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('The stream is paused. The receiver is told.').waitFor();
  await expect.poll(() => receiver.typed('stream-updated').length, { timeout: 10_000 }).toBe(1);
  const { userId } = await product.run(createUserCommand, { username: 'guest', email: 'guest@example.com' });
  receiver.misbehave = (response, attempt) => {
    if (attempt > 1) return false;
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ err: 'invalid_request' }));
    return true;
  };
  await product.run(updateUserCommand, { userId, isActive: false });
  const waiting = page.getByText('1 event', { exact: false }).first();
  await expect
    .poll(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click();
      return page.getByText('the oldest since').isVisible();
    })
    .toBe(true);
  await waiting.waitFor();
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  const stream = page.url();
  await page.goto(`${product.baseUrl}/if/admin/core/shared-signals`);
  await page.getByRole('row', { name: 'Till' }).getByText('1 event, the oldest').waitFor();
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  await page.goto(stream);

  await page.getByRole('button', { name: 'Enable' }).click();
  await expect
    .poll(async () => {
      await page.getByRole('button', { name: 'Refresh' }).click();
      return page.getByText('The receiver answered invalid_request.').first().isVisible();
    })
    .toBe(true);
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Send all again' }).click();
  await expect.poll(() => receiver.typed('account-disabled').length, { timeout: 10_000 }).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});
