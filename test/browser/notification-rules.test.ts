import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { recordFactCommand } from '../../commands/activity/record-fact.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { grantMembershipCommand } from '../../commands/directory/grant-membership.js';
import { createModelCommand } from '../../commands/model/create-model.js';
import { group } from '../../domain/directory/group/model.js';
import type { Model } from '../../domain/kernel/model.js';
import { notificationRule } from '../../domain/notification/rule/model.js';
import { notificationTransport } from '../../domain/notification/transport/model.js';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';

let product: Product;
let receiver: Receiver;
let browser: Browser;

const create = async (model: Model<any>, values: Record<string, unknown>): Promise<string> => {
  const { id } = await product.run(createModelCommand(model as Model), { values });
  return id;
};
const refuse = (reason: string): Promise<void> =>
  product.run(recordFactCommand, {
    type: 'activity.request.refused',
    data: { code: reason, subject: 'operators', userId: null, detail: {} },
  });
const quick = ({ attempts }: { attempts: number }): number | null => (attempts >= 2 ? null : 50);

beforeAll(async () => {
  receiver = await Receiver.start();
  [product, browser] = await Promise.all([
    startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target }, quick),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await receiver.stop();
});

it('a rule tells while it is written how often it would have fired', async () => {
  for (let n = 0; n < 7; n += 1) await refuse('strange');
  const { page, context, faults } = await openSignedIn(browser, product, '/if/admin/events/rules/new');
  const panel = page.locator('[data-dry-run]');
  await panel.getByText(/Would have fired \d+ times/).waitFor();
  await page.getByLabel('Speaks').selectOption('count');
  await page.getByLabel('How many').fill('5');
  await page.getByRole('button', { name: 'Add comparison' }).click();
  const row = page.getByRole('group', { name: 'Comparison 1' });
  await row.getByLabel('Field').selectOption('reason');
  await row.getByLabel('Value').fill('strange');
  await row.getByLabel('Value').press('Tab');
  await panel.getByText('Would have fired once in the last 30 days.').waitFor();
  await panel.getByText('7 entries met it.').waitFor();
  await panel.getByText('The newest 7 entries').click();
  expect(await panel.getByRole('link').count()).toBe(7);
  await page.getByLabel('How many').fill('50');
  await panel.getByText('Would have fired 0 times in the last 30 days.').waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it('deliveries are listed with their attempts, filtered, and sent again', async () => {
  receiver.behave = (_request, response) => {
    response.writeHead(500).end();
  };
  const groupId = await create(group, { name: 'watchers' });
  const { userId } = await product.run(createUserCommand, { username: 'watcher' });
  await product.run(grantMembershipCommand, { groupId, userId });
  const lane = await create(notificationTransport, {
    name: 'on call',
    mode: 'webhook',
    webhookUrl: receiver.url('/on-call'),
    sendOnce: true,
  });
  await create(notificationRule, {
    name: 'strange requests',
    when: { field: 'reason', is: ['listed'] },
    transports: [lane],
    destinationGroup: groupId,
  });
  await refuse('listed');
  await vi.waitFor(() => expect(receiver.at('/on-call')).toHaveLength(2), 10_000);
  const { page, context, faults } = await openSignedIn(
    browser,
    product,
    `/if/admin/events/deliveries?transport=${lane}`,
    { viewport: narrow },
  );
  const row = page.locator('[data-delivery]');
  await row.getByText('The receiver answered 500.').first().waitFor();
  await row.getByText('2 attempts').click();
  expect(await row.getByRole('listitem').count()).toBe(2);
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
  await row.getByRole('button', { name: 'Send again: strange requests' }).click();
  await page.getByText('1 message leaves again').waitFor();
  await vi.waitFor(() => expect(receiver.at('/on-call')).toHaveLength(3), 10_000);
  await page.getByRole('button', { name: 'Reload' }).click();
  await row.getByText('Delivered', { exact: true }).waitFor();
  await page.getByLabel('State').selectOption('parked');
  await page.getByText('No deliveries').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
