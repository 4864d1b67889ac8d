import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openWindow } from '../support/browser.js';
import { createPerson, password } from '../support/oauth.js';
import { freePort } from '../../bin/free-port.mjs';
import { startProduct, type Product } from '../support/product.js';
import { createRelyingParty } from '../support/relying-party.js';

const serverFile = fileURLToPath(new URL('../../docs/examples/relying-party/server.mjs', import.meta.url));

let product: Product;
let browser: Browser;
let app: ChildProcess;
let address: string;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  const port = String(await freePort());
  address = `http://localhost:${port}`;
  await createPerson(product, 'jane', { name: 'Jane Doe', email: 'jane@example.com' });
  const party = await createRelyingParty(product, {
    consent: 'explicit',
    provider: {
      redirectUris: [
        { url: `${address}/callback`, matchingMode: 'strict', type: 'authorization' },
        { url: `${address}/signed-out`, matchingMode: 'strict', type: 'logout' },
      ],
    },
  });
  app = spawn(process.execPath, [serverFile], {
    env: {
      PATH: process.env['PATH'],
      ISSUER: party.issuer,
      CLIENT_ID: party.clientId,
      CLIENT_SECRET: party.clientSecret!,
      PORT: port,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(app.stdout!, 'data');
});
afterAll(async () => {
  app.kill();
  await browser.close();
  await product.stop();
});

it('a person signs in at the example application, agrees, and signs out of both', async () => {
  const { page, faults } = await openWindow(browser, product);
  await page.goto(address);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Username or Email').fill('jane');
  await page.keyboard.press('Enter');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Hello, Jane Doe' }).waitFor();
  await page.getByText('jane@example.com').first().waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${address}/signed-out**`);
  await page.goto('/if/user/');
  await page.getByLabel('Username or Email').waitFor();
  expect(faults).toEqual([]);
});
