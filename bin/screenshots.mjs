// Pictures of the interface for the documentation: npm run screenshots
// With a folder as argument: every page there, light and dark, wide and narrow, for people who look for flaws.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { ensureBuilt } from './build.mjs';
import { freePort } from './free-port.mjs';
import { fillForScreenshots, password, token } from './screenshots-content.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const wide = { width: 1440, height: 900 };
const narrow = { width: 360, height: 740 };
const readyMs = 60_000;

/** The product on a folder and ports of its own. */
const startProduct = async (folder) => {
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const child = spawn(process.execPath, [join(root, 'bin', 'start.cjs'), 'up'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MUNIMENT_DATA_DIR: folder,
      MUNIMENT_LISTEN_HTTP: `127.0.0.1:${port}`,
      MUNIMENT_LISTEN_HTTPS: `127.0.0.1:${await freePort()}`,
      MUNIMENT_BOOTSTRAP_PASSWORD: password,
      MUNIMENT_BOOTSTRAP_TOKEN: token,
    },
  });
  const deadline = Date.now() + readyMs;
  const isReady = async () => (await fetch(`${baseUrl}/-/health/ready/`).catch(() => null))?.status === 200;
  while (!(await isReady())) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the product did not start');
    await delay(100);
  }
  return {
    baseUrl,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
};

const signIn = async (page, baseUrl) => {
  await page.goto(`${baseUrl}/if/flow/default-authentication-flow/?next=${encodeURIComponent('/if/user/')}`);
  await page.locator('input[name=uid_field]').fill('akadmin');
  await page.keyboard.press('Enter');
  await page.locator('input[name=password]').fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/if/user/');
};

/** File names of the pictures that the documentation shows, by page, theme and width. */
const shown = {
  'login light wide': 'login.png',
  'library light wide': 'library.png',
  'overview dark wide': 'admin-dark.png',
  'log light wide': 'event-log.png',
  'provider light wide': 'provider.png',
  'log dark narrow': 'event-log-narrow.png',
};

const openEntry = async (page) => {
  await page.locator('li[data-entry]', { hasText: 'Grafana' }).first().locator('.log-toggle').click();
};

const settle = async (page) => {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  await delay(250);
};

const takeAll = async (browser, baseUrl, objects, folder, isWanted, nameOf) => {
  const pages = [
    { name: 'library', path: '/if/user/' },
    { name: 'guide', path: '/if/admin/core/applications/guide' },
    { name: 'transport', path: `/if/admin/events/transports/${objects.transport}` },
    {
      name: 'drawer',
      path: '/if/admin/',
      act: (page) => page.getByRole('button', { name: /^Notifications/ }).click(),
    },
    { name: 'sessions', path: '/if/user/sessions' },
    { name: 'overview', path: '/if/admin/' },
    { name: 'applications', path: '/if/admin/core/applications' },
    { name: 'users', path: '/if/admin/identity/users' },
    { name: 'application', path: `/if/admin/core/applications/${objects.application}` },
    { name: 'provider', path: `/if/admin/core/providers/${objects.provider}` },
    { name: 'user', path: `/if/admin/identity/users/${objects.user}` },
    { name: 'flow', path: `/if/admin/flow/flows/${objects.flow}?tab=stages` },
    { name: 'rule', path: `/if/admin/events/rules/${objects.rule}/edit` },
    { name: 'form', path: '/if/admin/core/providers/new?kind=oauth2' },
    { name: 'log', path: '/if/admin/events/log?action=model_updated', act: openEntry },
  ];
  for (const [theme, width, viewport] of [
    ['light', 'wide', wide],
    ['dark', 'wide', wide],
    ['light', 'narrow', narrow],
    ['dark', 'narrow', narrow],
  ]) {
    const wanted = pages.filter(({ name }) => isWanted(`${name} ${theme} ${width}`));
    const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const take = (name) =>
      page.screenshot({ path: join(folder, nameOf(name, theme, width)), animations: 'disabled' });
    if (isWanted(`login ${theme} ${width}`)) {
      await page.goto(`${baseUrl}/if/flow/default-authentication-flow/?next=%2F`);
      await page.locator('input[name=uid_field]').fill('maria.lindqvist');
      await settle(page);
      await take('login');
    }
    if (wanted.length > 0) await signIn(page, baseUrl);
    for (const { name, path, act } of wanted) {
      await page.goto(baseUrl + path);
      await settle(page);
      if (act) {
        await act(page);
        await settle(page);
      }
      await take(name);
    }
    await context.close();
  }
};

const everythingTo = process.argv[2];
const folder = everythingTo ?? join(root, 'docs', 'screenshots');
const data = mkdtempSync(join(tmpdir(), 'muniment-screenshots-'));
mkdirSync(folder, { recursive: true });
if (!ensureBuilt()) process.exit(1);
const product = await startProduct(data);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const objects = await fillForScreenshots(product.baseUrl);
  await takeAll(
    browser,
    product.baseUrl,
    objects,
    folder,
    (name) => everythingTo !== undefined || name in shown,
    (name, theme, width) =>
      everythingTo === undefined ? shown[`${name} ${theme} ${width}`] : `${name}-${theme}-${width}.png`,
  );
} finally {
  await browser.close();
  await product.stop();
  rmSync(data, { recursive: true, force: true });
}
