import { afterAll, beforeAll, expect, it } from 'vitest';
import { createUserCommand } from '../../commands/directory/create-user.js';
import { Client } from '../support/client.js';
import { adminToken, startProduct, type Product } from '../support/product.js';
import { happen, wholeLog } from '../support/sinks.js';

let product: Product;
const headers = { authorization: `Bearer ${adminToken}` };
const opened: AbortController[] = [];

beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  for (const one of opened) one.abort();
  await product.stop();
});

const get = (path: string): ReturnType<Client['request']> =>
  new Client(product.baseUrl).request('GET', path, { headers });

interface Sent {
  readonly id: string;
  readonly data: any;
}

/** Ids and texts of server-sent events, as they come, once the stream stands. */
const follow = async (path: string, more: Record<string, string> = {}): Promise<AsyncGenerator<Sent>> => {
  const aborting = new AbortController();
  opened.push(aborting);
  const response = await fetch(product.baseUrl + path, {
    headers: { ...headers, ...more },
    signal: aborting.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  return eventsIn(response);
};

const eventsIn = async function* (response: Response): AsyncGenerator<Sent> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const found = /^id: (\d+)\ndata: (.*)$/.exec(part);
      if (found) yield { id: found[1]!, data: JSON.parse(found[2]!) };
    }
  }
};
const take = async <T>(items: AsyncGenerator<T>, count: number): Promise<T[]> => {
  const taken: T[] = [];
  while (taken.length < count) {
    const { value, done } = await items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
};

it('is fetched page by page; the same cursor again means that there is no more yet', async () => {
  await happen(product, '1', '2', '3');
  const ids: string[] = [];
  let path = '/api/audit/entries?limit=2';
  for (let page = 0; page < 1000; page += 1) {
    const { body, headers: answered } = await get(path);
    ids.push(...(body as { id: string }[]).map(({ id }) => id));
    const next = /^<([^>]+)>; rel="next"$/.exec(answered.get('link') ?? '')![1]!;
    if (body.length === 0) {
      expect(new URLSearchParams(next.split('?')[1]).get('after')).toBe(
        new URLSearchParams(path.split('?')[1]).get('after'),
      );
      break;
    }
    path = next;
  }
  expect(ids).toEqual((await wholeLog(product)).map(({ id }) => id));
});

it('has every format, and says what is wrong with what was asked', async () => {
  expect((await get('/api/audit/entries?format=ocsf&limit=1')).body[0]).toHaveProperty('class_uid');
  expect((await get('/api/audit/entries?format=ecs&limit=1')).body[0]).toHaveProperty('ecs');
  expect((await get('/api/audit/entries?format=cef&limit=1')).text).toMatch(/^CEF:0\|Muniment\|/);
  for (const [query, field] of [
    ['format=xml', 'format'],
    ['after=-1', 'after'],
    ['limit=0', 'limit'],
  ]) {
    const { status, text } = await get(`/api/audit/entries?${query!}`);
    expect([query, status]).toEqual([query, 400]);
    expect(text).toContain(field);
  }
});

it('is for those who may see the event log', async () => {
  const { userId } = await product.run(createUserCommand, { username: 'nobody-special' });
  expect(userId).toBeDefined();
  for (const path of ['/api/audit/entries', '/api/audit/stream'])
    expect((await new Client(product.baseUrl).request('GET', path)).status).toBe(401);
});

it('is followed live, and resumed by the last id without a gap', async () => {
  const live = await follow('/api/audit/stream');
  await happen(product, '4', '5');
  const seen = await take(live, 2);
  const log = await wholeLog(product);
  expect(seen.map(({ data }) => data.id as string)).toEqual(log.slice(-2).map(({ id }) => id));
  expect(seen.map(({ id }) => id)).toEqual(log.slice(-2).map(({ position }) => position));
  await happen(product, '6');
  const resumed = await follow('/api/audit/stream', { 'last-event-id': log.at(-3)!.position });
  const again = await take(resumed, 3);
  await happen(product, '7');
  again.push(...(await take(resumed, 1)));
  expect(again.map(({ data }) => data.id as string)).toEqual(
    (await wholeLog(product)).slice(-4).map(({ id }) => id),
  );
});
