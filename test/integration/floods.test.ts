import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordFoldedFactsCommand } from '../../commands/activity/record-folded-facts.js';
import { strangerFacts } from '../../commands/flood-gate.js';
import { Client } from '../support/client.js';
import { startProduct, type Product } from '../support/product.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const stored = async (type: string): Promise<number> =>
  (await product.core.pool.query('select count(*)::int as n from es.event where type = $1', [type])).rows[0]
    .n as number;

it.each([
  [
    'an unsafe next address',
    'default-authentication-flow',
    'next=https://evil.example/',
    'activity.request.refused',
  ],
  ['a flow that is not for strangers', 'initial-setup', '', 'activity.flow.finished'],
])('G6: of %s the first few per minute are events', async (_what, slug, query, type) => {
  const before = await stored(type);
  for (let n = 0; n < 12; n += 1) {
    const answer = await new Client(product.baseUrl).flow(slug, [], query);
    expect(answer.body.component).toBe('ak-stage-access-denied');
  }
  expect((await stored(type)) - before).toBeGreaterThan(0);
  expect((await stored(type)) - before).toBeLessThanOrEqual(10);
});

it('G6: what was counted of each kind becomes an entry with its count', async () => {
  await product.run(
    recordFoldedFactsCommand,
    strangerFacts.map((kind, n) => ({ kind, account: null, count: 1000 + n })),
  );
  const { auditEntries } = await new Client(product.baseUrl).admin(
    '{ auditEntries(first: 50) { nodes { action context } } }',
  );
  const text = JSON.stringify(auditEntries.nodes);
  for (const n of strangerFacts.keys()) expect(text).toContain(String(1000 + n));
});
