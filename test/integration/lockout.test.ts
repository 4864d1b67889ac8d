import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from '../support/client.js';
import { createPerson, password } from '../support/oauth.js';
import { startProduct, type Product } from '../support/product.js';

const signedIn = 'xak-flow-redirect';
const accountLimit = 3;

let product: Product;

beforeAll(async () => {
  product = await startProduct({
    MUNIMENT_LIMITS_LOGIN_FAILURES_PER_ACCOUNT: String(accountLimit),
    MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '40',
  });
});
afterAll(() => product.stop());

const login = async (client: Client, name: string, secret: string): Promise<string> =>
  (await client.login(name, secret)).body.component as string;
const lockOut = async (name: string): Promise<void> => {
  for (let n = 0; n <= accountLimit; n += 1) await login(new Client(product.baseUrl), name, 'wrong');
};
/** What a browser keeps when its session has ended. */
const deviceOf = (client: Client): Client => {
  const later = new Client(product.baseUrl);
  later.cookies.set('muniment_device', client.cookies.get('muniment_device')!);
  return later;
};

it('G7: strangers lock nobody out of a browser with which he has signed in before', async () => {
  await createPerson(product, 'jane');
  const browser = new Client(product.baseUrl);
  expect(await login(browser, 'jane', password)).toBe(signedIn);
  await lockOut('jane');
  expect(await login(new Client(product.baseUrl), 'jane', password)).not.toBe(signedIn);
  expect(await login(deviceOf(browser), 'jane', password)).toBe(signedIn);
  // His login gives strangers no new guesses.
  expect(await login(new Client(product.baseUrl), 'jane', password)).not.toBe(signedIn);
});

it('G7: a known browser guesses no more often than a stranger', async () => {
  await createPerson(product, 'kim');
  const browser = new Client(product.baseUrl);
  await login(browser, 'kim', password);
  await lockOut('kim');
  for (let n = 0; n <= accountLimit; n += 1) await login(deviceOf(browser), 'kim', 'wrong');
  expect(await login(deviceOf(browser), 'kim', password)).not.toBe(signedIn);
});

it('G7: a browser is known for the person who signed in, and by our own mark only', async () => {
  const [liamId] = [await createPerson(product, 'liam'), await createPerson(product, 'mallory')];
  const browser = new Client(product.baseUrl);
  await login(browser, 'mallory', password);
  await lockOut('liam');
  const mark = browser.cookies.get('muniment_device')!;
  for (const value of [mark, mark.replace(/^[0-9a-f-]{36}/, liamId)]) {
    const forged = new Client(product.baseUrl);
    forged.cookies.set('muniment_device', value);
    expect(await login(forged, 'liam', password)).not.toBe(signedIn);
  }
});

it('G7, D1: an address that may not try any more spends no attempts of an account, and neither is in the clear', async () => {
  const strict = await startProduct({ MUNIMENT_LIMITS_LOGIN_FAILURES_PER_IP: '2' });
  try {
    const userId = await createPerson(strict, 'noor');
    for (let n = 0; n < 6; n += 1) await new Client(strict.baseUrl).login('noor', 'wrong');
    const account = strict.core.ports.sealer.digest('identifier', 'counter', `login-account:${userId}`);
    const { rows } = await strict.core.pool.query<{ key: string; hits: number }>(
      'select key, hits from flow.counter',
    );
    expect(rows.filter(({ key }) => key === account)).toEqual([{ key: account, hits: 2 }]);
    expect(rows.filter(({ key }) => /127\.0\.0\.1|::1/.test(key) || key.includes(userId))).toEqual([]);
  } finally {
    await strict.stop();
  }
});
