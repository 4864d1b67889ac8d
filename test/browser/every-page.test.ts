import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn, openWindow, type Person } from '../support/browser.js';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';
import { createRelyingParty } from '../support/relying-party.js';

let product: Product;
let browser: Browser;
/** Paths that only exist because of what is in the product. */
let details: string[];

const lists = [
  '/core/applications',
  '/core/providers',
  '/core/shared-signals',
  '/events/rules',
  '/events/transports',
  '/policy/policies',
  '/core/property-mappings',
  '/flow/flows',
  '/flow/stages',
  '/flow/stages/prompts',
  '/identity/users',
  '/identity/groups',
  '/identity/roles',
  '/core/brands',
  '/crypto/certificates',
].map((path) => `/if/admin${path}`);

const others = [
  '/if/admin/',
  '/if/admin/events/log',
  '/if/admin/events/deleted',
  '/if/user/',
  '/if/user/sessions',
];

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  const party = await createRelyingParty(product, {
    slug: 'an-application-with-a-rather-long-name-that-does-not-end-soon',
  });
  const admin = new Client(product.baseUrl);
  const { rule } = await admin.admin(
    `mutation ($when: JSON) {
       rule: createNotificationRule(input: { name: "Everything that failed", when: $when }) { notificationRule { id } }
     }`,
    {
      when: {
        any: [
          { field: 'action', is: ['login_failed'] },
          { field: 'actor.label', startsWith: 'ak' },
        ],
      },
    },
  );
  const { flows, users, groups, notificationTransports, auditEntries } = await admin.admin(
    `{ flows(first: 1) { nodes { id } } users(first: 1) { nodes { id } } groups(first: 1) { nodes { id } }
       notificationTransports(first: 1) { nodes { id } }
       auditEntries(first: 1, filter: { actions: ["model_created"] }) { nodes { id } } }`,
  );
  const ruleId = rule.notificationRule.id as string;
  details = [
    `/core/applications/${party.applicationId}`,
    `/core/applications/${party.applicationId}?tab=bindings`,
    `/core/applications/${party.applicationId}?tab=changelog`,
    `/core/applications/${party.applicationId}?as_of=2100-01-01T00:00:00.000Z`,
    `/core/providers/${party.providerId}`,
    `/core/providers/${party.providerId}/edit`,
    `/core/providers/new`,
    `/core/providers/new?kind=oauth2`,
    `/events/rules/${ruleId}`,
    `/events/rules/${ruleId}/edit`,
    `/flow/flows/${flows.nodes[0].id as string}?tab=stages`,
    `/identity/users/${users.nodes[0].id as string}`,
    `/identity/users/${users.nodes[0].id as string}?tab=sessions`,
    `/identity/groups/${groups.nodes[0].id as string}?tab=members`,
    `/events/log/${auditEntries.nodes[0].id as string}`,
    '/core/applications/guide',
    `/events/transports/${notificationTransports.nodes[0].id as string}`,
  ].map((path) => `/if/admin${path}`);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
});

it('fits on a telephone, and works without a fault', async () => {
  const { page, context, faults, visit } = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
  });
  const wide: string[] = [];
  for (const path of [...others, ...lists, ...details]) {
    await visit(path);
    const pixels = await overhang(page);
    if (pixels > 0) wide.push(`${path}: ${String(pixels)} px`);
  }
  expect(wide).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

/** In the dark the same components have other colours: one page of each kind tells. */
const shownIn = {
  light: () => [...others, ...lists.slice(0, 3), ...details],
  dark: () => [...others, ...lists.slice(0, 1), ...details.filter((_path, index) => index % 2 === 0)],
};

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  it('can be used by everybody', async () => {
    const { page, context, faults, visit } = await openSignedIn(browser, product, '/if/admin/', {
      colorScheme,
    });
    const problems: string[] = [];
    for (const path of shownIn[colorScheme]()) {
      await visit(path);
      problems.push(...(await seriousProblems(page)));
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    problems.push(...(await seriousProblems(page)));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    problems.push(...(await seriousProblems(page)));
    await page.keyboard.type('akadm');
    await page.getByRole('option', { name: 'akadmin' }).waitFor();
    problems.push(...(await seriousProblems(page)));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'akadmin' }).waitFor();
    expect(problems).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('lets everybody sign in', async () => {
    const { page, context, faults } = await openWindow(browser, product, { colorScheme, viewport: narrow });
    await page.goto('/if/flow/default-authentication-flow/');
    const name = page.getByLabel('Username or Email');
    await name.waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    await name.fill('akadmin');
    await page.keyboard.press('Enter');
    await page.getByLabel('Password', { exact: true }).waitFor();
    expect(await seriousProblems(page)).toEqual([]);
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('what does not exist', () => {
  let person: Person;

  beforeAll(async () => {
    person = await openSignedIn(browser, product);
  });

  it.each([
    '/if/admin/no/such/page',
    '/if/admin/core/applications/00000000-0000-4000-8000-000000000000',
    '/if/admin/events/log/00000000-0000-4000-8000-000000000000',
    '/if/user/no-such-page',
  ])('%s says so and leads back', async (path) => {
    const { page, visit } = person;
    await visit(path);
    await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('Not found');
    await page.getByRole('link', { name: 'Back to the start' }).click();
    await page.getByRole('heading', { name: /^(Overview|My applications)$/ }).waitFor();
  });
});
