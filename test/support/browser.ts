import { setTimeout as delay } from 'node:timers/promises';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  type Request,
} from 'playwright-core';
import { adminPassword, type Product } from './product.js';

/** What a browser needs to know of the product. */
type Served = Pick<Product, 'baseUrl'>;

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

export const wide = { width: 1280, height: 860 };
export const narrow = { width: 360, height: 740 };

/** A person at a browser: one window, and everything that went wrong in it. */
export interface Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the console, exceptions, and violations of the page's policy. */
  readonly faults: string[];
  /** Goes to a page of the product, within the interface when it is open already, and waits for all its data. */
  readonly visit: (path: string) => Promise<void>;
}

const quietMs = 60;

export const openWindow = async (
  browser: Browser,
  product: Served,
  options: BrowserContextOptions = {},
): Promise<Person> => {
  const context = await browser.newContext({
    baseURL: product.baseUrl,
    viewport: wide,
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(10_000);
  const faults: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  const pending = new Set<Request>();
  page.on('request', (request) => pending.add(request));
  page.on('requestfinished', (request) => pending.delete(request));
  page.on('requestfailed', (request) => pending.delete(request));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
       console.error('policy: ' + effectiveDirective + ' ' + blockedURI);
     });`,
  );
  const visit = async (path: string): Promise<void> => {
    const interfaceOf = (address: string): string => address.split('/').slice(0, 3).join('/');
    if (interfaceOf(new URL(page.url()).pathname) === interfaceOf(path)) {
      await page.evaluate(
        `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'));`,
      );
    } else await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (let quiet = 0; quiet < 2; quiet = pending.size === 0 ? quiet + 1 : 0) await delay(quietMs);
  };
  return { page, context, faults, visit };
};

/** Types name and password into the flow page, and arrives where `next` points to. */
export const signIn = async (
  page: Page,
  next: string,
  username = 'akadmin',
  password = adminPassword,
): Promise<void> => {
  await page.goto(`/if/flow/default-authentication-flow/?next=${encodeURIComponent(next)}`);
  await page.getByLabel('Username or Email').fill(username);
  await page.keyboard.press('Enter');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(next);
};

/** A window in which somebody is signed in. */
export const openSignedIn = async (
  browser: Browser,
  product: Served,
  next = '/if/admin/',
  options: BrowserContextOptions = {},
): Promise<Person> => {
  const person = await openWindow(browser, product, options);
  await signIn(person.page, next);
  await person.page.getByRole('heading', { level: 1 }).waitFor();
  return person;
};
