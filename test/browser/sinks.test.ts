import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createModelCommand } from '../../commands/model/create-model.js';
import { deleteModelCommand } from '../../commands/model/delete-model.js';
import { restoreObjectCommand } from '../../commands/history/restore-object.js';
import type { Model } from '../../domain/kernel/model.js';
import { httpSink } from '../../domain/sink/http/model.js';
import { syslogSink } from '../../domain/sink/syslog/model.js';
import type { SinkWorkers } from '../../workers/sink/start-sinks.js';
import { tendSinks } from '../../workers/sink/tend-sinks.js';
import { overhang, seriousProblems } from '../support/accessibility.js';
import { narrow, openBrowser, openSignedIn, type Person } from '../support/browser.js';
import { startProduct, type Product } from '../support/product.js';
import { Receiver } from '../support/receiver.js';
import { caughtUp, HandClock, happen, workSinks } from '../support/sinks.js';

const list = '/if/admin/events/sinks';
const shots = process.env['MUNIMENT_TEST_SHOTS'];

let product: Product;
let receiver: Receiver;
let browser: Browser;
let workers: SinkWorkers;
let unlisten: () => void;

beforeAll(async () => {
  receiver = await Receiver.start();
  [product, browser] = await Promise.all([
    startProduct({ MUNIMENT_OUTBOUND_ALLOW: receiver.target }),
    openBrowser(),
  ]);
  workers = workSinks(product);
  unlisten = product.core.tail.listen(() => {
    workers.onNews();
  });
});
afterAll(async () => {
  unlisten();
  await workers.stop();
  await browser.close();
  await product.stop();
  await receiver.stop();
});

const shoot = async (page: Page, name: string): Promise<void> => {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};
const expectUsable = async ({ page, faults }: Person): Promise<void> => {
  expect(await overhang(page)).toBeLessThanOrEqual(0);
  expect(await seriousProblems(page)).toEqual([]);
  expect(faults).toEqual([]);
};

it('a sink is created, tested, paused, resumed, replayed and deleted; deleting can be taken back', async () => {
  const person = await openSignedIn(browser, product, `${list}/new`);
  const { page, context, visit } = person;
  await shoot(page, 'sink-new');
  await page
    .getByRole('link', { name: /^HTTP/ })
    .or(page.getByRole('button', { name: /^HTTP/ }))
    .first()
    .click();
  await page.getByLabel('Name', { exact: false }).first().fill('the auditors');
  await page.getByLabel('Address', { exact: false }).first().fill(receiver.url('/page'));
  await shoot(page, 'sink-form');
  await expectUsable(person);
  await page.getByRole('button', { name: 'New HTTP sink' }).click();
  await page.getByRole('heading', { level: 1, name: 'the auditors' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1)!;

  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('The receiver has taken the sample.').waitFor();
  await caughtUp(product, id);
  await page.getByText('Up to date').waitFor();

  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused. What happens meanwhile waits in the log.').waitFor();
  await happen(product, '1', '2', '3');
  await page.getByText(/\d+ behind/).waitFor();
  const clock = new HandClock();
  await tendSinks({ ...product.core.ports, clock });
  clock.advance(60_000);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('Up to date').waitFor();
  await tendSinks({ ...product.core.ports, clock });
  await visit(list);
  await page
    .getByRole('row', { name: /the auditors/ })
    .getByText('Up to date')
    .waitFor();
  await shoot(page, 'sink-list');
  await expectUsable(person);

  await visit(`${list}/${id}`);
  await page.getByRole('figure').waitFor();
  const before = receiver.at('/page').length;
  await page.getByRole('button', { name: 'Replay' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/entries are looked at/).waitFor();
  await dialog.getByLabel('Name', { exact: false }).fill('once more');
  await shoot(page, 'sink-replay');
  await dialog.getByRole('button', { name: 'Start the replay' }).click();
  await page.getByRole('listitem').filter({ hasText: 'once more' }).getByText('Finished').waitFor();
  expect(receiver.at('/page').length).toBeGreaterThan(before);
  await shoot(page, 'sink-page');
  await expectUsable(person);

  await page.setViewportSize(narrow);
  await shoot(page, 'sink-page-narrow');
  await expectUsable(person);
  await visit(list);
  await shoot(page, 'sink-list-narrow');
  await expectUsable(person);

  const row = page.getByRole('row', { name: /the auditors/ });
  await row.getByRole('button', { name: /the auditors/ }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Taken back.').waitFor();
  await row.waitFor();
  await context.close();
});

it('a dead letter is seen and sent again', async () => {
  receiver.behave = ({ body }, response) => {
    response.writeHead(body.includes('poison') ? 422 : 200).end('I do not like this one');
  };
  const { id } = await product.run(createModelCommand(httpSink as unknown as Model), {
    values: {
      name: 'choosy',
      url: receiver.url('/choosy'),
      batchSeconds: 0,
      filter: { field: 'reason', is: ['sink_test'] },
    },
  });
  await happen(product, 'fine', 'poison');
  await caughtUp(product, id);
  const person = await openSignedIn(browser, product, `${list}/${id}`, {
    viewport: narrow,
    colorScheme: 'dark',
  });
  const { page, context } = person;
  await page.getByText('I do not like this one').waitFor();
  await shoot(page, 'sink-letter-narrow');
  await expectUsable(person);
  receiver.behave = (_request, response) => {
    response.writeHead(200).end();
  };
  await page.getByRole('button', { name: /^Send again/ }).click();
  await vi.waitFor(async () => {
    expect((await product.core.ports.sinks.records.deadLetters(id, 1))[0]?.state).toBe('delivered');
  });
  await page.getByText('Delivered later').waitFor();
  await context.close();
});

it('a failing receiver can be tried at once; UDP and lost secrets are spoken of', async () => {
  receiver.behave = (_request, response) => {
    response.writeHead(503, { 'retry-after': '3000' }).end();
  };
  const create = async (model: Model<any>, values: Record<string, unknown>): Promise<string> =>
    (await product.run(createModelCommand(model as Model), { values })).id;
  const id = await create(httpSink, {
    name: 'away',
    url: receiver.url('/away'),
    batchSeconds: 0,
    blocking: true,
    maxLagSeconds: 600,
  });
  await happen(product, '1');
  const person = await openSignedIn(browser, product, `${list}/${id}`);
  const { page, context, visit } = person;
  await page.getByText('Nothing is taken: The receiver answered 503.').waitFor();
  await page.getByText('Changes by administrators are refused while').waitFor();
  await shoot(page, 'sink-failing');
  await expectUsable(person);
  receiver.behave = (_request, response) => {
    response.writeHead(204).end();
  };
  await page.getByRole('button', { name: 'Try now' }).click();
  workers.onResumed([id]);
  await page.getByText('Up to date').waitFor();

  const udp = await create(syslogSink, { name: 'old', host: '127.0.0.1', port: 9, transport: 'udp' });
  await visit(`${list}/${udp}`);
  await page.getByText('UDP loses messages without a trace').waitFor();

  const signed = await create(httpSink, {
    name: 'signed',
    url: receiver.url('/signed'),
    signingSecret: 'a secret to sign with',
  });
  await product.run(deleteModelCommand(httpSink as unknown as Model), { id: signed });
  await product.run(restoreObjectCommand, { category: 'sink', id: signed });
  await visit(`${list}/${signed}`);
  await page.getByText('It was restored without its secrets.').first().waitFor();
  await shoot(page, 'sink-lost');
  await expectUsable(person);
  await context.close();
});
