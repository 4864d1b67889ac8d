import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveMetrics } from '../../bin/metrics.js';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { Client } from '../support/client.js';
import { freePort } from '../../bin/free-port.mjs';
import { startProduct, type Product } from '../support/product.js';

let product: Product;
let port: number;
let close: () => Promise<void>;

beforeAll(async () => {
  product = await startProduct();
  port = await freePort();
  close = await serveMetrics(product.core, `127.0.0.1:${String(port)}`);
});
afterAll(async () => {
  await close();
  await product.stop();
});

const figures = async (): Promise<Map<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
};

it('tells how far the read models are behind, and what waits', async () => {
  await product.run(createUserCommand, { username: 'counted', email: '', attributes: {} });
  const seen = await figures();
  for (const group of ['directory', 'access', 'config', 'audit', 'inbox', 'history'])
    for (const figure of ['projection_lag_events', 'projection_lag_seconds', 'projection_failed'])
      expect([figure, group, seen.get(`${figure}{group="${group}"}`)]).toEqual([figure, group, 0]);
  expect(seen.get('append_seconds_count')).toBeGreaterThan(0);
  expect(seen.get('event_loop_delay_p99')).toBeGreaterThan(0);
  for (const figure of ['pool_waiting{pool="requests"}', 'outbox_pending', 'parked_total'])
    expect([figure, seen.get(figure)]).toEqual([figure, 0]);
});

it('shows nothing else, and is not part of the product that strangers reach', async () => {
  const status = await new Promise((resolve, reject) => {
    request({ port, path: '/graphql', method: 'POST' }, (answer) => {
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
  expect(status).toBe(404);
  expect((await new Client(product.baseUrl).request('GET', '/metrics')).status).toBe(404);
});

it('an address that is taken costs the figures, not the start', async () => {
  const second = await serveMetrics(product.core, `127.0.0.1:${String(port)}`);
  await second();
  expect((await figures()).size).toBeGreaterThan(0);
});
