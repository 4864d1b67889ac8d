import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { adminToken, startProduct, type Product } from '../support/product.js';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.stop();
});

const ask = (authorization?: string): Promise<Response> =>
  fetch(`${product.baseUrl}/-/health/detail/`, authorization ? { headers: { authorization } } : {});

it('tells those who may know how every dependency stands', async () => {
  await product.run(createUserCommand, { username: 'seen', email: '', attributes: {} });
  const answer = await ask(`Bearer ${adminToken}`);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const head = String(await product.core.ports.store.head());
  expect(await answer.json()).toMatchObject({
    status: 'ready',
    problem: null,
    position: head,
    dependencies: {
      eventStore: { status: 'ok', latencyMs: expect.any(Number) as number },
      postgres: { status: 'ok' },
      redis: null,
    },
    readModels: expect.arrayContaining([
      { group: 'directory', position: head, lagEvents: 0, lagSeconds: 0, halted: false },
    ]) as unknown,
    outbox: { pending: 0, parked: 0 },
    poolWaiting: { requests: 0, background: 0 },
  });
});

it('tells strangers nothing', async () => {
  const answer = await ask();
  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toContain('position');
});
