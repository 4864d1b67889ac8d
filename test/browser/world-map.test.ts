import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn } from '../support/browser.js';
import { Client } from '../support/client.js';
import { mmdb } from '../support/mmdb.js';
import { adminToken, startProduct, type Product } from '../support/product.js';

const place = (country: string, city: string, latitude: number, longitude: number) => ({
  country: { iso_code: country },
  city: { names: { en: city } },
  location: { latitude, longitude },
});

let product: Product;
let browser: Browser;
let folder: string;

const createGroupFrom = async (ip: string, name: string): Promise<void> => {
  const { body } = await new Client(product.baseUrl).graphql(
    'mutation($name: String!) { createGroup(input: {name: $name}) { position } }',
    { name },
    {
      authorization: `Bearer ${adminToken}`,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': ip,
    },
  );
  expect(body.data).toBeDefined();
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'));
  await writeFile(
    join(folder, 'city.mmdb'),
    mmdb('GeoLite2-City', {
      '192.0.2.0/24': place('DE', 'Berlin', 52.5, 13.25),
      '198.51.100.0/24': place('BR', 'São Paulo', -23.55, -46.63),
      '203.0.113.0/24': { country: { iso_code: 'JP' } },
    }),
  );
  [product, browser] = await Promise.all([
    startProduct({ MUNIMENT_GEOIP_CITY: join(folder, 'city.mmdb') }),
    openBrowser(),
  ]);
  for (const [index, ip] of ['192.0.2.1', '192.0.2.2', '198.51.100.7', '203.0.113.9'].entries())
    await createGroupFrom(ip, `group ${String(index)}`);
  await product.settle();
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await rm(folder, { recursive: true });
});

it('the map shows where entries came from, and by the keyboard narrows the log to a place and back', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product);
  await visit('/if/admin/events/log?action=model_created');
  await page.getByRole('radio', { name: 'Map' }).check();
  await page.waitForURL(/view=map/);
  const places = page.getByRole('list', { name: 'Places: 2 places, 3 in all' });
  const berlin = places.getByRole('link', { name: 'Berlin, Germany: 2 entries' });
  await berlin.focus();
  await page.locator('.chart-tip', { hasText: 'Berlin, Germany' }).waitFor();
  await page.keyboard.press('ArrowRight');
  const paulo = page.getByRole('link', { name: 'São Paulo, Brazil: 1 entry' });
  await expect.poll(() => paulo.evaluate((element) => element.matches(':focus'))).toBe(true);
  await page.keyboard.press('Enter');
  await page.waitForURL(/search=client.geo.country/);
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  expect(await page.getByRole('combobox', { name: 'Search the event log' }).inputValue()).toBe(
    'client.geo.country = "BR" and client.geo.city = "São Paulo"',
  );
  expect(await seriousProblems(page)).toEqual([]);
  await page
    .getByRole('link', { name: /newest entry 1 from São Paulo, Brazil$/ })
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'Show all places' }).click();
  await berlin.waitFor();
  expect(page.url()).not.toContain('search=');
  expect(faults).toEqual([]);
  await context.close();
});

it('the table tells the same places, also those that lie nowhere on the map', async () => {
  const { page, context, visit, faults } = await openSignedIn(browser, product, '/if/admin/', {
    viewport: narrow,
  });
  await visit('/if/admin/events/log?view=map&action=model_created');
  await page.getByText('Show as a table').click();
  const rows = page.getByRole('region', { name: 'Places' }).getByRole('row');
  await expect.poll(() => rows.count()).toBe(4);
  expect(await rows.nth(1).textContent()).toContain('Berlin, Germany');
  expect(await overhang(page)).toBe(0);
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByRole('link', { name: 'Japan', exact: true }).click();
  await expect.poll(() => page.locator('[data-entry]').count()).toBe(1);
  await page
    .getByRole('link', { name: /newest entry 1 from Japan$/ })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: 'Object created' }).waitFor();
  await visit('/if/admin/events/log?view=map&action=login_failed');
  await page.getByText('No place to show').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('without a database of places there is no map', async () => {
  const without = await startProduct();
  const { page, context, visit } = await openSignedIn(browser, without);
  await visit('/if/admin/events/log?view=map');
  await page.getByRole('heading', { name: 'Volume' }).waitFor();
  expect(await page.getByRole('radio', { name: 'Map' }).count()).toBe(0);
  await context.close();
  await without.stop();
});
