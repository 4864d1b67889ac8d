import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'undici';
import { createRandom } from '../chaos/random.mjs';
import { Client } from '../support/client.js';
import { adminToken, startProduct, type Product } from '../support/product.js';

const seed = 20;
const rounds = 600;
const atOnce = 12;

let product: Product;
const random = createRandom(seed);

const pieces = [
  '',
  ' ',
  '0',
  '-1',
  '9999999999999999999',
  'NaN',
  'null',
  '[]',
  '{}',
  '"',
  "'",
  '\\',
  '%00',
  '%',
  '%zz',
  '../',
  '\u0000',
  '\ud800',
  '\u202e',
  '🙂',
  'é',
  '${x}',
  '<script>',
  "' or 1=1 --",
  'akadmin',
  'a'.repeat(5000),
  '{"a":'.repeat(300),
  '00000000-0000-4000-8000-000000000000',
  '2024-02-30T99:00:00Z',
  'true',
  '1e309',
  '__proto__',
  'constructor',
];
const text = (): string => Array.from({ length: random.between(1, 3) }, () => random.pick(pieces)).join('');
const value = (depth = 0): unknown =>
  random.pick([
    text,
    () => random.pick([0, -1, 1e308, 2 ** 53, 0.1]),
    () => random.pick([true, false, null]),
    () => (depth > 3 ? [] : Array.from({ length: random.between(0, 3) }, () => value(depth + 1))),
    () =>
      depth > 3
        ? {}
        : Object.fromEntries([
            [text(), value(depth + 1)],
            [random.pick(names), value(depth + 1)],
          ]),
  ])();
const names = [
  'uid_field',
  'password',
  'component',
  'token',
  'query',
  'variables',
  'operationName',
  'username',
  'grant_type',
  'code',
  'redirect_uri',
  'client_id',
  'client_secret',
  'scope',
  'state',
  'execution',
  'next',
  'id_token_hint',
  'request',
  'prompt',
];
const paths = [
  '/',
  '/graphql',
  '/if/flow/default-authentication-flow/',
  '/if/admin/',
  '/if/user/',
  '/application/o/authorize/',
  '/application/o/token/',
  '/application/o/introspect/',
  '/application/o/revoke/',
  '/application/o/userinfo/',
  '/api/v3/flows/executor/default-authentication-flow/',
  '/api/v3/root/config/',
  '/recovery/use-token/x/',
  '/-/health/ready/',
  '/flows/-/default/invalidation/',
  '/application/launch/x/',
  '/application/o/x/.well-known/openid-configuration',
  '/application/o/x/end-session/',
];
const documents = [
  '{ me { user { username } } }',
  '{ users(first: 3) { nodes { id username } } }',
  '{ auditEntries(first: 2) { nodes { action } } }',
  'query($a: String) { users(search: $a) { totalCount } }',
  'mutation($a: String!) { createUser(input: { username: $a }) { position } }',
  'query($a: ID!) { user(id: $a) { id } }',
  'mutation($a: String!) { createGroup(input: { name: $a }) { position } }',
];
/** Half a pair of surrogates cannot be sent in an address. */
const wellFormed = (whole: string): string => Buffer.from(whole).toString();
/** A text with some of its characters taken out, doubled or replaced. */
const damaged = (whole: string): string => {
  const at = random.below(whole.length + 1);
  return random.pick([
    whole.slice(0, at),
    whole.slice(0, at) + text() + whole.slice(at),
    whole.slice(at),
    whole + whole,
  ]);
};
const headerText = (): string =>
  text()
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 2000);

const oneRequest = async (client: Client): Promise<[number, string]> => {
  const query = random.chance(0.5)
    ? `?${encodeURIComponent(random.pick(names))}=${encodeURIComponent(wellFormed(text()))}&${random.pick(names)}=${random.pick(['%', '%00', 'x', ''])}`
    : '';
  const path = random.pick(paths) + query;
  const headers: Record<string, string> = {
    ...(random.chance(0.5)
      ? { authorization: random.pick([`Bearer ${adminToken}`, headerText(), `Basic ${headerText()}`]) }
      : {}),
    ...(random.chance(0.3) ? { cookie: headerText() } : {}),
    ...(random.chance(0.2) ? { 'muniment-min-position': headerText() } : {}),
    ...(random.chance(0.2) ? { 'idempotency-key': headerText() } : {}),
    ...(random.chance(0.2) ? { 'x-forwarded-for': headerText() } : {}),
    ...(random.chance(0.2) ? { origin: headerText() } : {}),
  };
  const body = random.pick([
    () => JSON.stringify(value()),
    () => JSON.stringify({ query: damaged(random.pick(documents)), variables: { a: value() } }),
    () => JSON.stringify({ query: random.pick(documents), variables: { a: value() } }),
    () => damaged('{"query":"{ me { user { username } } }"}'),
    () =>
      new URLSearchParams([
        [random.pick(names), wellFormed(text())],
        [random.pick(names), wellFormed(text())],
      ]).toString(),
  ])();
  const type = random.pick([
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
  ]);
  const method = random.pick(['GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
  const answer = await client
    .request(method, path, {
      headers: { ...headers, ...(method === 'GET' ? {} : { 'content-type': type }) },
      ...(method === 'GET' || method === 'OPTIONS' ? {} : { body }),
    })
    .catch((error: unknown) => error as Error);
  return answer instanceof Error
    ? [0, `${method} ${path}: ${answer.message}`]
    : [answer.status, `${method} ${path} ${type} ${body.slice(0, 300)} -> ${answer.text.slice(0, 300)}`];
};

const oneSocket = async (): Promise<void> => {
  const socket = new WebSocket(`${product.baseUrl.replace('http', 'ws')}/graphql`, {
    protocols: ['graphql-transport-ws'],
    headers: { authorization: `Bearer ${adminToken}`, origin: product.baseUrl },
  });
  const closed = once(socket, 'close').catch(() => undefined);
  socket.addEventListener('error', () => undefined);
  await Promise.race([once(socket, 'open'), closed]).catch(() => undefined);
  const say = (message: string): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(message);
  };
  if (random.chance(0.7)) say('{"type":"connection_init"}');
  for (let n = 0; n < 5; n += 1)
    say(
      random.pick([
        () => JSON.stringify(value()),
        () =>
          damaged(
            '{"id":"1","type":"subscribe","payload":{"query":"subscription { auditEntryAppended { id } }"}}',
          ),
        () =>
          JSON.stringify({
            id: text(),
            type: 'subscribe',
            payload: { query: damaged('subscription { auditEntryAppended { id } }') },
          }),
        () =>
          JSON.stringify({
            id: '1',
            type: random.pick(['complete', 'ping', 'next', 'error', text()]),
            payload: value(),
          }),
      ])(),
    );
  socket.close();
  await closed;
};

/** Bytes that are hardly HTTP. */
const oneConnection = async (): Promise<void> => {
  const { hostname, port } = new URL(product.baseUrl);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.end(damaged(`POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n${text()}`));
  setTimeout(() => socket.destroy(), 200);
  await once(socket, 'close').catch(() => undefined);
};

beforeAll(async () => {
  product = await startProduct({ MUNIMENT_LIMITS_FLOW_STARTS_PER_IP: '1000000' });
});
afterAll(() => product.stop());

it(`R23: no input ends the process or meets an unexpected error (seed ${String(seed)})`, async () => {
  const unexpected: string[] = [];
  for (let round = 0; round < rounds; round += atOnce) {
    const client = new Client(product.baseUrl);
    const results = await Promise.all([
      ...Array.from({ length: atOnce }, () => oneRequest(client)),
      oneSocket(),
      oneConnection(),
    ]);
    for (const result of results)
      if (result && (result[0] >= 500 || (result[0] === 200 && result[1].includes('INTERNAL_ERROR'))))
        unexpected.push(result.join(' '));
  }
  expect(unexpected).toEqual([]);
  expect((await new Client(product.baseUrl).admin('{ me { user { username } } }')).me.user.username).toBe(
    'akadmin',
  );
}, 90_000);
