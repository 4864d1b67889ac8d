import { once } from 'node:events';
import { request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Installation } from '../support/process.js';

const body = JSON.stringify({ query: '{ __typename }' });

let installation: Installation;

beforeEach(async () => {
  installation = await Installation.create();
  await installation.start();
});
afterEach(() => installation.destroy());

/** A request whose second half is still to come; the product has begun to read it. */
const beginRequest = async (): Promise<ClientRequest> => {
  const options: RequestOptions = {
    method: 'POST',
    rejectUnauthorized: false,
    headers: { 'content-type': 'application/json', 'content-length': body.length, expect: '100-continue' },
  };
  const begun = request(`${installation.secureUrl}/graphql`, options);
  begun.flushHeaders();
  await once(begun, 'continue');
  begun.write(body.slice(0, 10));
  return begun;
};

it('R18: a request in flight over TLS is answered after SIGTERM', async () => {
  const begun = await beginRequest();
  const answered = once(begun, 'response') as Promise<[IncomingMessage]>;
  const stopped = installation.signal('SIGTERM');
  await delay(500);
  begun.end(body.slice(10));
  const [response] = await answered;
  expect([response.statusCode, await text(response)]).toEqual([200, '{"data":{"__typename":"Query"}}']);
  expect(await stopped).toBe(0);
});

it('R18: a request over TLS that never ends holds nobody up', async () => {
  const begun = await beginRequest();
  const cut = once(begun, 'error');
  const started = performance.now();
  expect(await installation.signal('SIGTERM')).toBe(0);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(() => process.kill(installation.postmaster, 0)).toThrow();
  await cut;
});

it('Ctrl-C under npm, of which terminal and npm tell: stops in order, and Postgres with it', async () => {
  const { postmaster } = installation;
  expect(await installation.signal('SIGINT', 2)).toBe(0);
  expect(() => process.kill(postmaster, 0)).toThrow();
});
