import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportedTask } from '../../workers/reported-task.js';
import { Client } from '../support/client.js';
import { adminToken, startProduct, type Product } from '../support/product.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product.stop());

const entries = async (action: string): Promise<any[]> => {
  await product.settle();
  const { auditEntries } = await new Client(product.baseUrl).admin(
    `{ auditEntries(first: 50, filter: {actions: ["${action}"]}) { nodes { severity outcome app context actor { label } } } }`,
  );
  return auditEntries.nodes as any[];
};

it('an error that nobody expected is an entry, with the id that the answer tells', async () => {
  const { pool } = product.core;
  await pool.query('alter table privacy_v1.hold rename to gone');
  const { body } = await new Client(product.baseUrl).graphql(
    '{ users(first: 1) { nodes { legalHolds { id } } } }',
    {},
    { authorization: `Bearer ${adminToken}` },
  );
  await pool.query('alter table privacy_v1.gone rename to hold');
  expect(body.errors[0].extensions.code).toBe('INTERNAL_ERROR');
  await expect.poll(() => entries('system_exception')).toHaveLength(1);
  const [entry] = await entries('system_exception');
  expect(entry).toEqual({
    severity: 'alert',
    outcome: 'failure',
    app: 'system',
    actor: { label: 'akadmin' },
    context: {
      message: 'An error that nobody expected: POST /graphql',
      where: 'POST /graphql',
      error_id: body.errors[0].extensions.errorId,
    },
  });
});

it('a task that fails is an entry once, until it has succeeded', async () => {
  let fails = true;
  const task = reportedTask(product.core.ports, 'sweep', () =>
    fails ? Promise.reject(new RangeError('secret text')) : Promise.resolve(),
  );
  await expect(task()).rejects.toThrow('secret text');
  await expect(task()).rejects.toThrow();
  expect(await entries('system_task_exception')).toEqual([
    {
      severity: 'alert',
      outcome: 'failure',
      app: 'system.tasks',
      actor: { label: null },
      context: { message: 'The task sweep has failed: RangeError', task: 'sweep' },
    },
  ]);
  fails = false;
  await task();
  fails = true;
  await expect(task()).rejects.toThrow();
  expect(await entries('system_task_exception')).toHaveLength(2);
});
