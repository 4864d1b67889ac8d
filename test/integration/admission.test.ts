import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { adminPassword, startProduct, type Product } from '../support/product.js';

/** Twice what may wait. */
const atOnce = 120;
const unlimited = '100000';

let product: Product;

beforeAll(async () => {
  product = await startProduct({
    MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: unlimited,
    MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: unlimited,
    MUNIMENT_LIMITS_LOGIN_FAILURES_PER_ACCOUNT: unlimited,
  });
});
afterAll(() => product.stop());

it('R20: of 120 sign-ins at once those beyond the queue are turned away, what costs nothing goes on, and then all is as before', async () => {
  const path = '/api/v3/flows/executor/default-authentication-flow/?query=&execution=';
  const browsers = await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const client = new Client(product.baseUrl);
      const { body } = await client.request('GET', path);
      const execution = body.flow_info.execution as string;
      await client.request('POST', path + execution, {
        body: { component: 'ak-stage-identification', uid_field: 'akadmin' },
      });
      return { client, execution };
    }),
  );
  const signIns = Promise.all(
    browsers.map(({ client, execution }) =>
      client.request('POST', path + execution, {
        body: { component: 'ak-stage-password', password: adminPassword },
      }),
    ),
  );
  const live = await new Client(product.baseUrl).request('GET', '/-/health/live/');
  expect(live.status).toBe(200);
  const answers = await signIns;
  const turnedAway = answers.filter(({ status }) => status !== 200);
  expect(answers.filter(({ body }) => body.component === 'xak-flow-redirect').length).toBeGreaterThan(0);
  expect(turnedAway.length).toBeGreaterThan(0);
  for (const { status, headers, body } of turnedAway) {
    expect([429, 503]).toContain(status);
    expect(body.code).toBe('RATE_LIMITED');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await new Client(product.baseUrl).login('akadmin', adminPassword)).body.component).toBe(
    'xak-flow-redirect',
  );
}, 90_000);
